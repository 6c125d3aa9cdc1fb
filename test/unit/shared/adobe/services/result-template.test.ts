import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { isFailedOutput, type PresentedFile, type ResultShape } from '#shared/adobe/services/outputs.ts';
import { type TemplateOptions, templateResult } from '#shared/adobe/services/result-template.ts';

const schema = () => z.looseObject({});
const shape = (options: Omit<TemplateOptions, 'schema'>): ResultShape => templateResult({ schema, ...options });
const adobes = (name: string) => `https://storage.adobe.io/${name}?X-Amz-Signature=abc`;
const ours = (index: number) => `https://bucket.s3.amazonaws.com/${index}?X-Amz-Signature=ours`;

const read = (result: ResultShape, body: unknown) => {
  const found = result.read(body);
  if (found === undefined) throw new Error('The result was not read.');
  return found;
};

/** What callers see if everything that Adobe lists is stored but the outputs at these places. */
const present = (result: ResultShape, body: unknown, missing: number[] = []) => {
  const { outputs, rest } = read(result, body);
  const files = outputs.flatMap((output, index): PresentedFile[] =>
    output === undefined || isFailedOutput(output) || missing.includes(index)
      ? []
      : [{ index, url: ours(index), content: output.embedded?.content }],
  );
  const errors = missing.map((index) => ({ index, code: 'output_not_stored', message: 'S3 was away.' }));
  return result.present(rest, files, errors);
};

const photoshop = shape({
  outputs: ['result.outputs[].destination.url', 'result.outputs[].url'],
  embedded: [{ at: 'result.outputs[].destination.content' }],
});
const crops = shape({ outputs: ['result.crops[].boundingBoxes[].url'] });
const dub = shape({
  outputs: [
    'outputs[].audio.destination.url',
    'outputs[].video.destination.url',
    'outputs[].transcript.destination.url',
  ],
  errors: ['outputs[].error'],
  required: ['outputs[]'],
  writeError: ({ code, message }) => ({ error: { error_code: code, message } }),
});
const indesign = shape({ outputs: ['outputs[].destination.url'], errors: ['errors[]'] });

describe('a result as a template', () => {
  it.each([
    ['url', { outputs: [{ url: adobes('a'), mediaType: 'image/png' }] }],
    ['destination', { outputs: [{ destination: { url: adobes('a') }, mediaType: 'image/png' }] }],
  ])('keeps the shape of a service, with its URL as %s', (_, result) => {
    const body = { jobId: 'J', status: 'succeeded', createdTime: 'then', result };
    const { outputs, rest } = read(photoshop, body);
    expect(outputs).toEqual([{ url: adobes('a') }]);
    expect(JSON.stringify(rest)).not.toContain('adobe.io');
    expect(present(photoshop, body)).toEqual(JSON.parse(JSON.stringify({ result }).replace(adobes('a'), ours(0))));
  });

  it('counts an output once that has two places', () => {
    const both = { result: { outputs: [{ url: adobes('a'), destination: { url: adobes('b') } }] } };
    expect(read(photoshop, both).outputs).toEqual([{ url: adobes('a') }]);
    expect(present(photoshop, both)).toEqual({
      result: { outputs: [{ url: ours(0), destination: { url: ours(0) } }] },
    });
  });

  it('lists URLs in the order of the document, however deep they are', () => {
    const body = {
      result: {
        crops: [
          { boundingBoxes: [{ x: 0, url: adobes('1') }, { x: 5 }] },
          { boundingBoxes: [{ x: 1, url: adobes('2') }] },
        ],
        subject: [{ boundingBoxes: [{ x: 3 }] }],
      },
    };
    expect(read(crops, body).outputs).toEqual([{ url: adobes('1') }, { url: adobes('2') }]);
    expect(present(crops, body)).toMatchObject({
      result: { crops: [{ boundingBoxes: [{ url: ours(0) }, { x: 5 }] }, {}] },
    });
    expect(read(crops, { result: { objects: [] } })).toEqual({ outputs: [], rest: { result: { objects: [] } } });
  });

  const partial = {
    outputs: [
      { localeCode: 'fr-FR', error: { error_code: 'validation_error', message: `not ${adobes('x')}` } },
      {
        localeCode: 'es-ES',
        audio: { mediaType: 'audio/wav', destination: { url: adobes('1') } },
        video: { destination: { url: adobes('2') } },
      },
      { localeCode: 'de-DE' },
    ],
  };

  it('lists errors of single outputs in their places, and elements that have neither', () => {
    const { outputs } = read(dub, partial);
    const message = 'not https://storage.adobe.io/x?…';
    expect(outputs).toEqual([
      { error: { code: 'validation_error', message } },
      { url: adobes('1') },
      { url: adobes('2') },
      undefined,
    ]);
  });

  it('leaves out what is not stored, and says why where the service has a place for it', () => {
    const error = { error_code: 'output_not_stored', message: 'S3 was away.' };
    expect(present(dub, partial, [1])).toMatchObject({
      outputs: [
        { error: { error_code: 'validation_error' } },
        { localeCode: 'es-ES', audio: { mediaType: 'audio/wav' }, video: { destination: { url: ours(2) } }, error },
        { localeCode: 'de-DE' },
      ],
    });
    expect(present(dub, partial, [1])).not.toHaveProperty('outputs.1.audio.destination');
  });

  it('takes an object for a list of one, and errors beside the outputs', () => {
    const body = {
      outputs: { destination: { url: adobes('a') }, source: 'a.pdf' },
      errors: [{ code: 7, message: 'No font.', url: adobes('b') }],
    };
    expect(read(indesign, body).outputs).toEqual([{ url: adobes('a') }, { error: { code: '7', message: 'No font.' } }]);
    expect(present(indesign, body)).toEqual({
      outputs: { destination: { url: ours(0) }, source: 'a.pdf' },
      errors: [{ code: 7, message: 'No font.', url: 'https://storage.adobe.io/b?…' }],
    });
  });

  it.each([
    ['json', { layers: [{ name: 'a' }] }, 'application/json', '{"layers":[{"name":"a"}]}'],
    ['json', '{"written": 1}', 'application/json', '{"written": 1}'],
    ['string', '<x:xmpmeta/>', 'application/rdf+xml', '<x:xmpmeta/>'],
    ['base64', Buffer.from('bytes').toString('base64'), 'image/png', 'bytes'],
  ])('takes content out that is embedded as %s, and puts it back', (embedded, content, mediaType, bytes) => {
    const body = { result: { outputs: [{ destination: { embedded, content }, mediaType }] } };
    const [output] = read(photoshop, body).outputs;
    const found = output === undefined || isFailedOutput(output) ? undefined : output.embedded;
    expect(found?.contentType).toBe(mediaType);
    expect(Buffer.from(found?.content ?? []).toString()).toBe(bytes);
    expect(present(photoshop, body)).toEqual(body);
  });

  it('gives the URL of embedded content that is too large to put back', () => {
    const body = { output: { compositions: ['a'] } };
    const described = shape({ outputs: [], embedded: [{ at: 'output', encoding: 'json' }] });
    const { rest } = read(described, body);
    expect(described.present(rest, [{ index: 0, url: ours(0) }], [])).toEqual({ output: { url: ours(0) } });
    expect(described.present(rest, [], [{ index: 0, code: 'output_not_stored', message: 'away' }])).toEqual({});
  });

  it('leaves out base64 that is none', () => {
    const body = { result: { outputs: [{ destination: { embedded: 'base64', content: 'no base64!' } }] } };
    expect(read(photoshop, body).outputs).toEqual([undefined]);
  });

  it.each([undefined, null, 'text', 3, []])('is none in %j', (body) => {
    expect(photoshop.read(body)).toBeUndefined();
  });

  it('keeps everything but URLs, and no signature, whatever a service answers', () => {
    const json = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom(adobes('a'), 'text', 7, null, true),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom('outputs', 'url', 'destination', 'error', 'x', 'errors'), tie('value'), {
          maxKeys: 4,
        }),
      ),
    })).value;
    const any = shape({
      outputs: ['outputs[].url', 'outputs[].destination.url', 'x'],
      errors: ['outputs[].error', 'errors[]'],
      required: ['outputs[]'],
    });
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('outputs', 'errors', 'x'), json), (body) => {
        const { outputs, rest } = read(any, body);
        expect(JSON.stringify(rest)).not.toContain('X-Amz-Signature');
        expect(outputs.length).toBeLessThanOrEqual(JSON.stringify(body).length);
        const shown = JSON.stringify(present(any, body));
        expect(shown).not.toContain('$output');
        expect(shown.replaceAll(/https:[^"]*/g, '')).toBe(JSON.stringify(body).replaceAll(/https:[^"]*/g, ''));
      }),
    );
  });
});
