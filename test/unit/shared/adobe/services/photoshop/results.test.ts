import { describe, expect, it } from 'vitest';
import type { JobPhase } from '#shared/adobe/services/job-progress.ts';
import type { ListedOutput, PresentedFile } from '#shared/adobe/services/outputs.ts';
import { find, read, times } from './statuses.ts';

/** What a caller sees of a job whose outputs are all stored, at addresses of the gateway. */
const present = (path: string, body: unknown, phase: JobPhase = 'succeeded') => {
  const { operation, service } = find(path);
  const progress = service.dialect.readStatus(body, operation);
  if (progress?.kind !== 'succeeded') throw new Error(`The job is ${progress?.kind}.`);
  const files = progress.outputs.map((output, index): PresentedFile => {
    const content = output !== undefined && 'embedded' in output ? output.embedded?.content : undefined;
    return { index, url: `https://gateway/${index}`, content };
  });
  const result = operation.result.present(progress.result, files, []);
  return service.dialect.presentStatus({ jobId: 'J', phase, result, ...times }, operation);
};

const signed = (name: string) => `https://storage.adobe.io/${name}?sig=secret`;

const succeeded = (rest: object) => ({ jobId: 'A', status: 'succeeded', ...rest });
const box = { x: 1, y: 2, width: 3, height: 4 };
const maskOf = (name: string) => ({
  label: name,
  score: 0.9,
  boundingBox: box,
  destination: { url: signed(name) },
  mediaType: 'image/png',
});
const kept = (index: number) => `https://gateway/${index}`;

describe('results keep their shape', () => {
  it.each<[string, object, unknown[], object]>([
    [
      '/v2/edit',
      { result: { outputs: [{ destination: { url: signed('a') }, mediaType: 'image/jpeg' }, { url: signed('b') }] } },
      [{ url: signed('a') }, { url: signed('b') }],
      { result: { outputs: [{ destination: { url: kept(0) }, mediaType: 'image/jpeg' }, { url: kept(1) }] } },
    ],
    [
      '/v2/generate-manifest',
      {
        result: {
          outputs: [
            {
              destination: {
                embedded: 'json',
                content: { thumbnail: 'https://photoshop-api.adobe.io/v2/short-url/urn:a' },
              },
              mediaType: 'application/json',
            },
          ],
        },
      },
      [{ embedded: { content: expect.anything(), contentType: 'application/json' } }],
      {
        result: {
          outputs: [
            {
              destination: {
                embedded: 'json',
                content: { thumbnail: 'https://photoshop-api.adobe.io/v2/short-url/urn:a' },
              },
              mediaType: 'application/json',
            },
          ],
        },
      },
    ],
    [
      '/v2/edit',
      { result: { outputs: [{ destination: { embedded: 'base64', content: 'AAEC' }, mediaType: 'image/png' }, {}] } },
      [{ embedded: { content: new Uint8Array([0, 1, 2]), contentType: 'image/png' } }, undefined],
      { result: { outputs: [{ destination: { embedded: 'base64', content: 'AAEC' }, mediaType: 'image/png' }, {}] } },
    ],
    [
      '/v1/auto-crop',
      { result: { crops: [{ boundingBoxes: [{ ...box, url: signed('a') }, box] }], objects: [], subject: [] } },
      [{ url: signed('a') }],
      { result: { crops: [{ boundingBoxes: [{ ...box, url: kept(0) }, box] }], objects: [], subject: [] } },
    ],
    [
      '/v1/auto-crop',
      {
        result: {
          outputs: { crops: [], objects: [{ objectName: 'a', confidence: 1, boundingBoxes: [box] }], subject: [] },
        },
      },
      [],
      {
        result: {
          outputs: { crops: [], objects: [{ objectName: 'a', confidence: 1, boundingBoxes: [box] }], subject: [] },
        },
      },
    ],
    [
      '/v1/mask-objects',
      { semanticMasks: [maskOf('car'), maskOf('dog')], backgroundMasks: [maskOf('sky')] },
      [{ url: signed('car') }, { url: signed('dog') }, { url: signed('sky') }],
      {
        semanticMasks: [
          { ...maskOf('car'), destination: { url: kept(0) } },
          { ...maskOf('dog'), destination: { url: kept(1) } },
        ],
        backgroundMasks: [{ ...maskOf('sky'), destination: { url: kept(2) } }],
      },
    ],
    [
      '/v1/mask-body-parts',
      { masks: [{ ...maskOf('Hat'), boundingBox: { left: 1, top: 2, width: 3, height: 4 } }] },
      [{ url: signed('Hat') }],
      {
        masks: [{ label: 'Hat', boundingBox: { left: 1, top: 2, width: 3, height: 4 }, destination: { url: kept(0) } }],
      },
    ],
    [
      '/v1/refine-mask',
      { image: { destination: { url: signed('a') }, mediaType: 'image/png', boundingBox: box } },
      [{ url: signed('a') }],
      { image: { destination: { url: kept(0) }, mediaType: 'image/png', boundingBox: box } },
    ],
    [
      '/v1/fill-masked-areas',
      { image: { destination: { url: signed('a') }, mediaType: 'image/png' } },
      [{ url: signed('a') }],
      { image: { destination: { url: kept(0) } } },
    ],
  ])('of %s: %j', (path, body, outputs, presented) => {
    const progress = read(path, succeeded(body));
    expect(progress).toMatchObject({ kind: 'succeeded' });
    const listed: ListedOutput[] = progress?.kind === 'succeeded' ? progress.outputs : [];
    expect(listed).toEqual(outputs);
    expect(JSON.stringify(progress?.kind === 'succeeded' && progress.result)).not.toContain('secret');
    expect(present(path, succeeded(body))).toMatchObject({ jobId: 'J', status: 'succeeded', ...presented });
  });

  it('a mask without a file is one that cannot be read', () => {
    const { destination: _, ...without } = maskOf('car');
    const progress = read(
      '/v1/mask-objects',
      succeeded({ semanticMasks: [without, maskOf('dog')], backgroundMasks: [] }),
    );
    expect(progress).toMatchObject({ kind: 'succeeded', outputs: [undefined, { url: signed('dog') }] });
  });
});
