import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CallAdobe, createCallAdobe } from '#shared/adobe/http/call.ts';
import { generateImages } from '#shared/adobe/services/firefly/operations/generate-images.ts';
import { cancelUpstream, type PollOutcome, readProgress } from '#shared/adobe/services/job-status.ts';
import { testToken } from '#test/fixtures/access-token.ts';
import { type FakeAdobe, type ScriptedAnswer, startFakeAdobe } from '#test/fixtures/fake-adobe.ts';

const now = Date.UTC(2026, 0, 15, 12);

const call: CallAdobe = createCallAdobe(
  { get: async () => testToken(), refused: async () => testToken() },
  { clock: { now: () => now }, log: { error: () => {} } },
);

let adobe: FakeAdobe;
beforeAll(async () => {
  adobe = await startFakeAdobe();
});
afterAll(() => adobe.close());

const progressFor = (answer: ScriptedAnswer): Promise<PollOutcome> => {
  adobe.script('GET', '/v3/status/urn:ff:jobs:a:1?x=%2F', answer);
  return readProgress(`${adobe.url}/v3/status/urn:ff:jobs:a:1?x=%2F`, generateImages, call);
};

const statusBody = (status: string, more: object = {}): ScriptedAnswer => ({
  status: 200,
  body: { status, jobId: '8b2c', ...more },
});

describe('a job that goes on', () => {
  it.each(['pending', 'running', 'cancel_pending', 'not_started', 'a word of tomorrow'])('%s', async (word) => {
    expect(
      await progressFor(statusBody(word, { progress: 12.5, message: null, error_code: null, result: null })),
    ).toEqual({
      kind: 'running',
    });
  });
});

describe('a job that has ended', () => {
  it('succeeded: outputs in order of Adobe, the rest of the result unchanged', async () => {
    const result = {
      size: { width: 2048, height: 1024 },
      contentClass: 'art',
      promptHasDeniedWords: false,
      outputs: [
        { seed: 7, image: { url: 'https://out.example/7?X-Amz-Signature=a%2Fb', more: 1 } },
        { seed: null, image: { url: 'https://out.example/8' } },
      ],
    };
    expect(await progressFor(statusBody('succeeded', { result, message: null, error_code: null }))).toEqual({
      kind: 'succeeded',
      outputs: [
        { seed: 7, url: 'https://out.example/7?X-Amz-Signature=a%2Fb' },
        { seed: undefined, url: 'https://out.example/8' },
      ],
      result: { size: { width: 2048, height: 1024 }, contentClass: 'art', promptHasDeniedWords: false },
    });
  });

  it.each([undefined, null, {}, { outputs: [] }])('succeeded with the result %j has no outputs', async (result) => {
    const reason = { error_code: 'output_media_unsafe', message: 'Taken out.' };
    expect(await progressFor(statusBody('succeeded', { result }))).toMatchObject({ outputs: [], reason: undefined });
    expect(await progressFor(statusBody('succeeded', { result, ...reason }))).toMatchObject({
      outputs: [],
      reason: { code: 'output_media_unsafe', message: expect.stringContaining('(Taken out.)') },
    });
  });

  it('succeeded with something else than a list of outputs failed', async () => {
    expect(await progressFor(statusBody('succeeded', { result: { outputs: 4 } }))).toMatchObject({
      kind: 'failed',
      code: 'result_not_understood',
    });
  });

  it('failed with a code and a message that no record could hold: both are cut', async () => {
    const more = { error_code: 'c'.repeat(300_000), message: `https://h/?sig=1 ${'https://'.repeat(80_000)}` };
    const ended = await progressFor(statusBody('failed', more));
    expect(JSON.stringify(ended).length).toBeLessThan(2_000);
    expect(JSON.stringify(ended)).not.toContain('sig=1');
  });

  it('in an answer of more than eight megabytes says nothing', async () => {
    expect(await progressFor({ status: 200, body: `{"status":"${'x'.repeat(9_000_000)}"}` })).toEqual({
      kind: 'unavailable',
    });
  });

  it.each([
    ['prompt_unsafe', 'change its words'],
    ['language_not_supported', 'such as English'],
  ])('failed with %s: in words that say what to do', async (code, words) => {
    const ended = await progressFor(statusBody('failed', { error_code: code, message: 'No.' }));
    expect(ended).toMatchObject({ kind: 'failed', code, message: expect.stringContaining(words) });
    expect(ended).toMatchObject({ message: expect.stringContaining('(No.)') });
  });

  it.each<[string, PollOutcome['kind'], string]>([
    ['failed', 'failed', 'failed'],
    ['cancelled', 'cancelled', 'cancelled'],
    ['canceled', 'cancelled', 'cancelled'],
    ['timeout', 'timed_out', 'timeout'],
  ])('%s, with the code and message of Adobe or without', async (word, kind, ownCode) => {
    const told = { error_code: 'runtime_error', message: 'Broken.' };
    expect(await progressFor(statusBody(word, told))).toEqual({ kind, code: 'runtime_error', message: 'Broken.' });
    expect(await progressFor(statusBody(word, { error_code: 42 }))).toMatchObject({ kind, code: '42' });
    const { code, message } = (await progressFor(statusBody(word, { message: null }))) as {
      code: string;
      message: string;
    };
    expect(code).toBe(ownCode);
    expect(message).toContain(word);
  });
});

describe('a poll that is no status', () => {
  it.each<[number, PollOutcome['kind']]>([
    [401, 'locked_out'],
    [404, 'not_found'],
    [410, 'not_found'],
    [422, 'not_found'],
    [403, 'locked_out'],
    [408, 'unavailable'],
    [500, 'unavailable'],
    [503, 'unavailable'],
    [302, 'unavailable'],
  ])('HTTP %i', async (status, kind) => {
    expect((await progressFor({ status })).kind).toBe(kind);
  });

  it('429 with its Retry-After: the job does not fail for it', async () => {
    const answer = { status: 429, headers: { 'retry-after': '7' } };
    expect(await progressFor(answer)).toEqual({ kind: 'unavailable', retryAfterMs: 7_000 });
  });

  it.each(['', '<html>', '[]', '{"status":3}'])('200 with the body %j', async (body) => {
    expect(await progressFor({ status: 200, body })).toEqual({ kind: 'unavailable' });
  });

  it('a lost connection', async () => {
    expect(await progressFor({ fault: 'reset' })).toEqual({ kind: 'unavailable' });
    expect(await progressFor({ fault: 'cut' })).toEqual({ kind: 'unavailable' });
  });
});

it('asks with token and client id', async () => {
  adobe.seen.length = 0;
  await progressFor(statusBody('running'));
  expect(adobe.seen[0]).toMatchObject({
    method: 'GET',
    headers: { authorization: `Bearer ${testToken().accessToken}`, 'x-api-key': testToken().clientId },
  });
});

describe('cancelUpstream', () => {
  const cancelFor = (answer: ScriptedAnswer): Promise<boolean> => {
    adobe.script('PUT', '/v3/cancel/1', answer);
    return cancelUpstream(`${adobe.url}/v3/cancel/1`, call);
  };

  it.each([200, 204, 404, 409, 410])('was told with HTTP %i', async (status) => {
    expect(await cancelFor({ status })).toBe(true);
  });

  it.each([401, 403, 429, 500, 503])('was not told with HTTP %i', async (status) => {
    expect(await cancelFor({ status })).toBe(false);
  });

  it('was not told over a lost connection', async () => {
    expect(await cancelFor({ fault: 'reset' })).toBe(false);
  });
});
