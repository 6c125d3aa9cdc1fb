import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NotConfiguredError, TokenUnavailableError } from '#shared/adobe/access-token.ts';
import { cancelJob } from '#shared/jobs/cancel.ts';
import { getJob } from '#shared/jobs/job-store.ts';
import { pauseQuota } from '#shared/jobs/quota.ts';
import { testToken } from '#test/fixtures/access-token.ts';
import { type ScriptedAnswer, startFakeAdobe } from '#test/fixtures/fake-adobe.ts';
import { putItems } from '#test/fixtures/job-table.ts';
import { loseAnswers } from '#test/fixtures/lost-answers.ts';
import { acceptance, type Rig, type Servers, startServers, statusPath, submitPath } from './rig.ts';

let servers: Servers;
beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers.close());

const posts = ({ adobe }: Rig) => adobe.asked('POST', submitPath);
const error = (status: number, code: string, headers?: Record<string, string>): ScriptedAnswer => ({
  status,
  headers,
  body: { error_code: code, message: `Adobe says ${code}.` },
});

/** Lets Adobe answer and follows one turn of a new job. */
const submitWith = async (answer: ScriptedAnswer, rig?: Rig) => {
  const used = rig ?? (await servers.rig());
  used.adobe.script('POST', submitPath, answer);
  return { rig: used, ...(await used.follow(await used.scheduled())) };
};

describe.concurrent('a request that Adobe refuses', () => {
  it.each([
    [400, 'bad_request'],
    [403, 'access_error'],
    [422, 'validation_error'],
    [451, 'prompt_unsafe'],
  ])('with %i fails with the code and message of Adobe', async (status, code) => {
    const { rig, end, job } = await submitWith(error(status, code));
    expect(end).toEqual({ state: 'failed' });
    expect(job).toMatchObject({
      state: 'failed',
      attempts: 0,
      error: { code, message: `Adobe says ${code}.`, upstreamStatus: status },
    });
    expect(posts(rig)).toHaveLength(1);
    expect(rig.metrics).toEqual(['JobsFailed']);
    expect(rig.events).toMatchObject([{ jobId: job.jobId, status: 'failed', error: { code } }]);
  });

  it('with 413 in HTML fails as well', async () => {
    const answer = { status: 413, headers: { 'content-type': 'text/html' }, body: '<html>Too large</html>' };
    expect((await submitWith(answer)).job).toMatchObject({ state: 'failed', error: { code: 'http_413' } });
  });
});

describe.concurrent('an answer that is worth another try', () => {
  it.each([
    [408, 'timeout_error'],
    [500, 'runtime_error'],
    [503, '503000'],
  ])('of %i puts the job back twice and then fails with it', async (status, code) => {
    const { rig, end, job } = await submitWith(error(status, code));
    expect(end).toEqual({ state: 'queued' });
    expect(job).toMatchObject({ state: 'queued', attempts: 1, rank: job.rank });
    expect(rig.dispatches).toBe(1);
    expect((await rig.quota()).permits[0]?.freeAt).toBeGreaterThan(Date.now());

    const second = await rig.follow(await rig.again(job));
    expect(second.job).toMatchObject({ state: 'queued', attempts: 2, turn: 2 });
    const third = await rig.follow(await rig.again(second.job));
    expect(third.job).toMatchObject({ state: 'failed', attempts: 3, error: { code, upstreamStatus: status } });
    expect(posts(rig)).toHaveLength(3);
    expect(rig.events).toHaveLength(1);
  });
});

describe.concurrent('429', () => {
  it.each([
    ['seconds', () => '30', 30_000],
    ['a date', () => new Date(Date.now() + 45_000).toUTCString(), 45_000],
    ['nothing', () => '', 60_000],
  ])('with %s pauses the queue for that time and puts the job back uncounted', async (_, retryAfter, pauseMs) => {
    const { rig, end, job } = await submitWith(error(429, 'rate_limited', { 'retry-after': retryAfter() }));
    expect(end).toEqual({ state: 'queued' });
    expect(job).toMatchObject({ state: 'queued', attempts: 0 });
    const { pause } = await rig.quota();
    expect(pause).toMatchObject({ reason: 'rate_limited', level: 0 });
    expect(Math.abs((pause?.until ?? 0) - Date.now() - pauseMs)).toBeLessThan(10_000);
    expect(rig.metrics).toEqual([]);
    expect(rig.events).toEqual([]);
  });
});

describe.concurrent('an exhausted quota', () => {
  const refusal = error(403, 'access_error', { 'x-access-error': 'quota_exhausted' });
  const pauseSeconds = async (rig: Rig) =>
    Math.round((((await rig.quota()).pause?.until ?? 0) - Date.now()) / 1000 / 60) * 60;

  it('pauses the queue, raises the alarm and fails no job; each refused trial doubles the pause', async () => {
    const { rig, job } = await submitWith(refusal);
    expect(job).toMatchObject({ state: 'queued', attempts: 0 });
    expect((await rig.quota()).pause).toMatchObject({ reason: 'quota_exhausted', level: 1 });
    expect(await pauseSeconds(rig)).toBe(60);
    expect(rig.metrics).toEqual(['QueuePaused']);
    expect(rig.dispatches).toBe(0);

    const over = { pk: 'quota', sk: 'pause', until: Date.now() - 1, reason: 'quota_exhausted', level: 1 };
    await putItems(rig.parts.table, [over]);
    const second = await rig.follow(await rig.again(job));
    expect(second.job.state).toBe('queued');
    expect((await rig.quota()).pause).toMatchObject({ level: 2 });
    expect(await pauseSeconds(rig)).toBe(120);
  });

  it('is over with the first job that is accepted', async () => {
    const rig = await servers.rig();
    await pauseQuota(rig.parts.table, { until: Date.now(), reason: 'quota_exhausted', level: 2 });
    rig.adobe.script('POST', submitPath, acceptance(rig.adobe));
    rig.adobe.script('GET', statusPath, { status: 200, body: { status: 'failed', error_code: 'image_unsafe' } });
    await rig.follow(await rig.scheduled());
    expect((await rig.quota()).pause).toMatchObject({ level: 0 });
  });
});

describe.concurrent('a refused token', () => {
  it('is replaced, and the job goes back to be sent with the new one', async () => {
    const { rig, end, job } = await submitWith(error(401, '401013'));
    expect(end).toEqual({ state: 'queued' });
    expect(job).toMatchObject({ state: 'queued', attempts: 0, tokenRefusals: 1 });
    expect(rig.tokens.refused).toEqual([testToken('first').versionId]);
    expect(rig.dispatches).toBe(1);
    expect((await rig.quota()).pause).toBeUndefined();

    rig.adobe.script('POST', submitPath, acceptance(rig.adobe));
    rig.adobe.script('GET', statusPath, { status: 200, body: { status: 'failed', error_code: 'image_unsafe' } });
    const second = await rig.follow(await rig.again(job));
    expect(second.job).not.toHaveProperty('tokenRefusals');
    expect(posts(rig).map(({ headers }) => headers['authorization'])).toEqual([
      'Bearer token-first',
      'Bearer token-second',
    ]);
  });

  it('that was just minted pauses the queue and raises the alarm', async () => {
    const { rig, job } = await submitWith(error(401, '401013'));
    const second = await rig.follow(await rig.again(job));
    expect(second.job).toMatchObject({ state: 'queued', attempts: 0 });
    expect((await rig.quota()).pause).toMatchObject({ reason: 'token_refused', level: 1 });
    expect(rig.metrics).toEqual(['QueuePaused']);
    expect(rig.dispatches).toBe(1);
  });
});

describe.concurrent('without a token', () => {
  it('nothing is sent, the permit is free again and the queue is paused', async () => {
    const rig = await servers.rig();
    rig.tokens.fail = new TokenUnavailableError('IMS does not answer.');
    const { end, job } = await rig.follow(await rig.scheduled());
    expect(end).toEqual({ state: 'queued' });
    expect(job).toMatchObject({ state: 'queued', attempts: 0 });
    expect(rig.adobe.seen).toEqual([]);
    expect((await rig.quota()).permits[0]?.freeAt).toBeLessThanOrEqual(Date.now());
    expect((await rig.quota()).pause).toMatchObject({ reason: 'token_refused', level: 1 });
    expect(rig.dispatches).toBe(0);
  });

  it('because none was configured there is no alarm', async () => {
    const rig = await servers.rig();
    rig.tokens.fail = new NotConfiguredError('client-credentials');
    const { job } = await rig.follow(await rig.scheduled());
    expect(job.state).toBe('queued');
    expect((await rig.quota()).pause).toBeUndefined();
    expect(rig.metrics).toEqual([]);
    expect(rig.dispatches).toBe(0);
  });
});

describe.concurrent('a submit whose outcome is unknown', () => {
  it.each<[string, ScriptedAnswer]>([
    ['502', error(502, 'bad_gateway')],
    ['504', { status: 504, body: '<html></html>' }],
    ['500 from something in between', { status: 500, body: '<html></html>' }],
    ['a lost connection', { fault: 'reset' }],
    ['half an answer', { fault: 'cut' }],
    ['an acceptance that names no status URL', { status: 202, body: {} }],
  ])('(%s) fails as such and is never sent again', async (_, answer) => {
    const { rig, end, job } = await submitWith(answer);
    expect(end).toEqual({ state: 'failed' });
    expect(job).toMatchObject({ state: 'failed', error: { code: 'submit_outcome_unknown' } });
    expect(posts(rig)).toHaveLength(1);
    expect(rig.metrics.toSorted()).toEqual(['JobsFailed', 'SubmitOutcomeUnknown']);
    expect(rig.dispatches).toBe(0);
    expect(rig.events).toHaveLength(1);
  });
});

describe.concurrent('an acceptance whose record', () => {
  const isRecord = (input: object) => JSON.stringify(input).includes('":state_new":{"S":"running"}');
  const accepting = async () => {
    const rig = await servers.rig();
    rig.adobe.script('POST', submitPath, acceptance(rig.adobe));
    rig.adobe.script('GET', statusPath, {
      status: 200,
      body: { status: 'failed', error_code: 'image_unsafe' },
    });
    return rig;
  };

  it('cannot be written has an unknown outcome and is never sent again', async () => {
    const rig = await accepting();
    rig.dynamoDb.middlewareStack.add(
      (next) => (args) => {
        if (isRecord(args.input)) throw new Error('The table is out of reach.');
        return next(args);
      },
      { step: 'deserialize' },
    );
    const { end, job } = await rig.follow(await rig.scheduled());
    expect(end).toEqual({ state: 'failed' });
    expect(job.error?.code).toBe('submit_outcome_unknown');
    expect(posts(rig)).toHaveLength(1);
  });

  it('is written while the answer to that is lost goes on', async () => {
    const rig = await accepting();
    const lost = loseAnswers(rig.dynamoDb, { times: 1, matches: ({ input }) => isRecord(input) });
    const { job } = await rig.follow(await rig.scheduled());
    expect(lost()).toBe(1);
    expect(job.error?.code).toBe('image_unsafe');
    expect(posts(rig)).toHaveLength(1);
  });
});

it('puts a job back that certainly did not reach Adobe', async () => {
  const gone = await startFakeAdobe();
  await gone.close();
  const rig = await servers.rig({ fireflyUrl: gone.url });
  const { end, job } = await rig.follow(await rig.scheduled());
  expect(end).toEqual({ state: 'queued' });
  expect(job).toMatchObject({ state: 'queued', attempts: 0 });
  expect((await rig.quota()).permits[0]?.freeAt).toBeGreaterThan(Date.now());
});

describe.concurrent('the time and the turn of a submit', () => {
  it('is not before its submit time', async () => {
    const rig = await servers.rig();
    let sentAt = 0;
    rig.adobe.script('POST', submitPath, () => {
      sentAt = Date.now();
      return error(451, 'prompt_unsafe') as { status: number };
    });
    const job = await rig.scheduled({ inMs: 1_200 });
    await rig.follow(job);
    expect(sentAt).toBeGreaterThanOrEqual(job.submitAt ?? Number.NaN);
  });

  it('that is over gives the turn up unsent, frees the permit and asks for a dispatch', async () => {
    const rig = await servers.rig();
    const late = await rig.scheduled({ inMs: -61_000 });
    const { end, job } = await rig.follow(late);
    expect(end).toEqual({ state: 'queued' });
    expect(job).toMatchObject({ state: 'queued', attempts: 0, rank: late.rank });
    expect(rig.adobe.seen).toEqual([]);
    expect((await rig.quota()).permits[0]?.freeAt).toBeLessThanOrEqual(Date.now());
    expect(rig.dispatches).toBe(1);
  });

  it('under a pause gives the turn up unsent, without asking for a dispatch', async () => {
    const rig = await servers.rig();
    await pauseQuota(rig.parts.table, { until: Date.now() + 60_000, reason: 'rate_limited', level: 0 });
    const { job } = await rig.follow(await rig.scheduled());
    expect(job.state).toBe('queued');
    expect(rig.adobe.seen).toEqual([]);
    expect(rig.dispatches).toBe(0);
  });

  it('of another turn, or of a cancelled job, does nothing', async () => {
    const rig = await servers.rig();
    const job = await rig.scheduled();
    expect((await rig.follow({ jobId: job.jobId, turn: 0 })).end).toEqual({ state: 'stale' });
    expect((await rig.follow({ jobId: job.jobId, turn: 2 })).end).toEqual({ state: 'stale' });
    await cancelJob(rig.parts.table, rig.parts.limits, job);
    expect((await rig.follow(job)).end).toEqual({ state: 'stale' });
    expect(rig.adobe.seen).toEqual([]);
  });

  it('during which the caller cancels ends the job instead of putting it back', async () => {
    const rig = await servers.rig();
    const { jobId, turn } = await rig.scheduled();
    rig.adobe.script('POST', submitPath, async () => {
      const submitting = await getJob(rig.parts.table, jobId);
      if (submitting !== undefined) await cancelJob(rig.parts.table, rig.parts.limits, submitting);
      return error(503, '503000');
    });
    const { end, job } = await rig.follow({ jobId, turn });
    expect(end).toEqual({ state: 'cancelled' });
    expect(job.state).toBe('cancelled');
    expect(rig.events).toMatchObject([{ jobId, status: 'cancelled' }]);
    expect(rig.metrics).toEqual(['JobsCancelled']);
  });
});

it('says nothing of the prompt or the token in its log', async () => {
  const { rig } = await submitWith(error(401, '401013'));
  const log = JSON.stringify(rig.lines);
  expect(log).not.toContain('a cat coding');
  expect(log).not.toContain('token-first');
});
