import { describe, expect, it } from 'vitest';
import { audioVideo } from '#shared/adobe/services/audio-video/service.ts';
import type { JobPhase } from '#shared/adobe/services/job-progress.ts';
import type { OperationDefinition } from '#shared/adobe/services/operation.ts';
import type { PresentedJob } from '#shared/adobe/services/service.ts';

const { dialect } = audioVideo;

const find = (name: string): OperationDefinition => {
  const found = audioVideo.operations.find((operation) => operation.name === `audio-video/${name}`);
  if (found === undefined) throw new Error(`There is no operation ${name}.`);
  return found;
};

const read = (name: string, body: unknown) => dialect.readStatus(body, find(name));
const adobes = (n: number | string) => `https://av.s3-accelerate.amazonaws.com/${n}?X-Amz-Signature=1`;
const at = (n: number | string) => ({ destination: { url: adobes(n) } });
const failure = { error_code: 'validation_error', message: 'No.' };
const reason = { code: 'validation_error', message: 'No.' };

describe('the words for a job', () => {
  it.each([
    ['pending', 'running'],
    ['not_started', 'running'],
    ['running', 'running'],
    ['canceling', 'running'],
    ['a word of tomorrow', 'running'],
    ['succeeded', 'succeeded'],
    ['partially_succeeded', 'succeeded'],
    ['failed', 'failed'],
    ['canceled', 'cancelled'],
    ['cancelled', 'cancelled'],
  ])('%s is %s', (status, kind) => {
    expect(read('generate-speech', { jobId: 'J', status, output: at(1) })?.kind).toBe(kind);
  });

  it.each([undefined, null, 'running', [], {}, { jobId: 'J' }, { status: 7 }])('%j is no status', (body) => {
    expect(read('generate-speech', body)).toBeUndefined();
  });

  it.each<[JobPhase, string]>([
    ['pending', 'pending'],
    ['running', 'running'],
    ['succeeded', 'succeeded'],
    ['partially_succeeded', 'partially_succeeded'],
    ['failed', 'failed'],
    ['timed_out', 'failed'],
    ['cancelled', 'canceled'],
  ])('%s is shown as %s', (phase, status) => {
    expect(present('generate-speech', { phase })).toMatchObject({ jobId: 'j', status });
  });
});

const present = (name: string, job: Partial<PresentedJob>) =>
  dialect.presentStatus(
    { jobId: 'j', phase: 'succeeded', createdAt: '', updatedAt: '', links: { statusUrl: '', cancelUrl: '' }, ...job },
    find(name),
  );

/** What callers see of a job of which all files but some were stored. */
const pass = (name: string, body: Record<string, unknown>, missing: readonly number[] = []) => {
  const progress = read(name, body);
  if (progress?.kind !== 'succeeded') throw new Error(`The job is ${progress?.kind}.`);
  const { result } = find(name);
  const files = progress.outputs.flatMap((output, index) =>
    output === undefined || 'error' in output || missing.includes(index)
      ? []
      : [{ index, url: `our-${index}`, content: output.embedded?.content }],
  );
  const errors = missing.map((index) => ({ index, code: 'output_unavailable', message: 'Gone.' }));
  return { progress, shown: present(name, { result: result.present(progress.result, files, errors) }) };
};

const ours = (n: number) => ({ destination: { url: `our-${n}` } });

describe('results keep their shape, with the URLs of the gateway', () => {
  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['generate-speech', { output: at(1) }, { output: ours(0) }],
    ['generate-speech', { output: { url: adobes(1) } }, { output: { url: 'our-0' } }],
    ['generate-avatar', { output: at(1) }, { output: ours(0) }],
    ['transcribe', { outputs: [at(1)] }, { outputs: [ours(0)] }],
    [
      'transcribe',
      { outputs: [{ ...at(1), captions: [{ ...at(2), format: 'SRT' }] }] },
      { outputs: [{ ...ours(0), captions: [{ ...ours(1), format: 'SRT' }] }] },
    ],
    [
      'dub',
      {
        outputs: [
          {
            localeCode: 'es-ES',
            audio: { mediaType: 'audio/wav', ...at(1) },
            video: { mediaType: 'video/mp4', ...at(2) },
            transcript: at(3),
          },
          { localeCode: 'fr-FR', audio: at(4) },
        ],
      },
      {
        outputs: [
          {
            localeCode: 'es-ES',
            audio: { mediaType: 'audio/wav', ...ours(0) },
            video: { mediaType: 'video/mp4', ...ours(1) },
            transcript: ours(2),
          },
          { localeCode: 'fr-FR', audio: ours(3) },
        ],
      },
    ],
    ['dub', { outputs: [{ audioOutput: at(1) }] }, { outputs: [{ audioOutput: ours(0) }] }],
    ['reframe', { outputs: [{ ...at(1), aspectRatio: '1:1' }] }, { outputs: [{ ...ours(0), aspectRatio: '1:1' }] }],
    ['reframe-v2', { outputs: [at(1), at(2)] }, { outputs: [ours(0), ours(1)] }],
    [
      'render-template',
      { totalJobItems: 1, outputs: [{ variationIndex: 0, presetIndex: 0, ...at(1) }] },
      { totalJobItems: 1, outputs: [{ variationIndex: 0, presetIndex: 0, ...ours(0) }] },
    ],
  ])('%s: %j', (name, result, shown) => {
    const passed = pass(name, { jobId: 'J', status: 'succeeded', percentCompleted: '100', ...result });
    expect(passed.shown).toEqual({ jobId: 'j', status: 'succeeded', ...shown });
    expect(JSON.stringify(passed.progress.result)).not.toContain('X-Amz-Signature');
    expect(passed.progress.isPartial).toBe(false);
  });

  it('a description stands in the answer itself', () => {
    const output = { fonts: [], elements: [{ type: 'mogrt', controls: [] }] };
    const { progress, shown } = pass('describe-template', { jobId: 'J', status: 'succeeded', output });
    expect(progress.outputs).toMatchObject([{ embedded: { contentType: 'application/json' } }]);
    expect(shown).toMatchObject({ status: 'succeeded', output });
  });
});

describe('errors of single outputs stay in their place', () => {
  const partly = { jobId: 'J', status: 'partially_succeeded' };

  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    [
      'dub',
      {
        outputs: [
          { localeCode: 'fr-FR', error: failure },
          { localeCode: 'es-ES', audio: at(1) },
        ],
      },
      {
        outputs: [
          { localeCode: 'fr-FR', error: failure },
          { localeCode: 'es-ES', audio: ours(1) },
        ],
      },
    ],
    [
      'transcribe',
      { outputs: [{ error: { ...failure, localeCode: 'fr-FR' } }, at(1)] },
      { outputs: [{ error: { ...failure, localeCode: 'fr-FR' } }, ours(1)] },
    ],
    ['reframe-v2', { outputs: [{ error: failure }, at(1)] }, { outputs: [{ error: failure }, ours(1)] }],
  ])('%s: %j', (name, result, shown) => {
    const passed = pass(name, { ...partly, ...result });
    expect(passed.progress).toMatchObject({ isPartial: true, outputs: [{ error: reason }, { url: adobes(1) }] });
    expect(passed.shown).toMatchObject(shown);
  });

  it('those of a render beside its outputs, without the URL for trying again at Adobe', () => {
    const errors = [{ variationIndex: 0, presetIndex: 0, error: failure }];
    const done = { variationIndex: 1, presetIndex: 0 };
    const { progress, shown } = pass('render-template', {
      ...partly,
      outputs: [{ ...done, ...at(1) }],
      errors,
      retryPayloadUrl: adobes('retry'),
    });
    expect(progress.outputs).toEqual([{ url: adobes(1) }, { error: reason }]);
    expect(shown).toEqual({ jobId: 'j', status: 'succeeded', outputs: [{ ...done, ...ours(0) }], errors });
  });

  it('an output that the gateway could not store has an error as well', () => {
    const { shown } = pass('reframe-v2', { jobId: 'J', status: 'succeeded', outputs: [at(1), at(2)] }, [1]);
    expect(shown['outputs']).toEqual([ours(0), { error: { error_code: 'output_unavailable', message: 'Gone.' } }]);
  });

  it('an output without a file and without an error cannot be read', () => {
    const { progress } = pass('reframe-v2', { jobId: 'J', status: 'succeeded', outputs: [at(1), {}] });
    expect(progress.outputs).toEqual([{ url: adobes(1) }, undefined]);
  });
});

describe('a failed job', () => {
  it.each<[string, Record<string, unknown>, { code: string; message: string }]>([
    ['generate-speech', failure, reason],
    ['generate-speech', { error_code: 429050, message: 'No.' }, { code: '429050', message: 'No.' }],
    ['generate-speech', {}, { code: 'failed', message: 'Adobe ended the job as failed.' }],
    // Adobe's sample of a template that cannot be read has no code.
    ['describe-template', { message: 'No definition.json' }, { code: 'failed', message: 'No definition.json' }],
    ['dub', { outputs: [{ localeCode: 'en-US', error: failure }] }, reason],
    ['transcribe', { outputs: [{ error: failure }] }, reason],
    ['reframe-v2', { outputs: [{ error: failure }, { error: failure }] }, reason],
    ['reframe-v2', { outputs: { renditions: [{ error: failure }] } }, reason],
  ])('%s: %j', (name, body, expected) => {
    expect(read(name, { jobId: 'J', status: 'failed', ...body })).toEqual({ kind: 'failed', ...expected });
    expect(present(name, { phase: 'failed', error: expected })).toMatchObject({
      status: 'failed',
      error_code: expected.code,
      message: expected.message,
    });
  });
});
