import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getJob } from '#shared/jobs/job-store.ts';
import { cancelJob } from '#shared/jobs/lanes/cancel.ts';
import { maxStrayMs, maxUnansweredMs } from '#shared/jobs/lanes/lane.ts';
import { pauseLane } from '#shared/jobs/lanes/pauses.ts';
import { claimableFrom, type Permit } from '#shared/jobs/lanes/permits.ts';
import { type ScriptedAnswer, startFakeAdobe } from '#test/fixtures/fake-adobe.ts';
import { loseAnswers, setsTo } from '#test/fixtures/lost-answers.ts';
import { createLane } from '#test/fixtures/queue.ts';
import { acceptance, impatient, type Rig, type Servers, startServers, statusPath, submitPath } from './rig.ts';

import { posts, refusal as refuse, submitTo } from './submit-turn.ts';

let servers: Servers;
beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers.close());

const submitWith = async (answer: ScriptedAnswer, rig?: Rig) => submitTo(rig ?? (await servers.rig()), answer);

describe.concurrent('a request that Adobe refuses', () => {
  it.each([
    [400, 'bad_request'],
    [403, 'validation_error'],
    [422, 'validation_error'],
    [451, 'prompt_unsafe'],
  ])('with %i fails with the code and message of Adobe', async (status, code) => {
    const { rig, end, job } = await submitWith(refuse(status, code));
    expect(end).toEqual({ state: 'failed' });
    expect(job).toMatchObject({
      state: 'failed',
      attempts: 0,
      error: { code, message: expect.stringContaining(`Adobe says ${code}.`), upstreamStatus: status },
    });
    expect(posts(rig)).toHaveLength(1);
    expect(rig.metrics).toEqual(['JobsFailed']);
    expect(rig.events).toMatchObject([{ jobId: job.jobId, status: 'failed', error: { code } }]);
  });

  it('with wrong fields fails, and its record names them', async () => {
    const wrong = { loc: ['body', 'size', 'width'], msg: 'is not one of ten', type: 'value_error' };
    const body = { error_code: 'bad_request', message: 'Invalid.', validation_errors: [wrong] };
    const { job } = await submitWith({ status: 400, body });
    expect(job).toMatchObject({ state: 'failed', error: { code: 'bad_request', validationErrors: [wrong] } });
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
    const { rig, end, job } = await submitWith(refuse(status, code));
    expect(end).toEqual({ state: 'queued' });
    expect(job).toMatchObject({ state: 'queued', attempts: 1, rank: job.rank });
    expect(rig.dispatches).toBe(1);
    expect((await rig.permits())[0]?.freeAt).toBeGreaterThan(Date.now());

    const second = await rig.follow(await rig.again(job));
    expect(second.job).toMatchObject({ state: 'queued', attempts: 2, turn: 2 });
    const third = await rig.follow(await rig.again(second.job));
    expect(third.job).toMatchObject({ state: 'failed', attempts: 3, error: { code, upstreamStatus: status } });
    expect(posts(rig)).toHaveLength(3);
    expect(rig.events).toHaveLength(1);
  });
});

describe.concurrent('a submit whose outcome is unknown', () => {
  it.each<[string, ScriptedAnswer]>([
    ['502', refuse(502, 'bad_gateway')],
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

  it('holds its permit for as long as the request may be on its way after the end of the connection', async () => {
    const sentAfter = Date.now();
    const { rig } = await submitWith({ fault: 'reset' });
    expect(await readFreeAt(rig)).toBeGreaterThanOrEqual(sentAfter + windowMs + maxStrayMs);
    expect(await readFreeAt(rig)).toBeLessThanOrEqual(Date.now() + windowMs + maxStrayMs + 100);
  });
});

const windowMs = 60_000;
const readFreeAt = async (rig: Rig): Promise<number> => claimableFrom((await rig.permits())[0] as Permit);

describe.concurrent('an acceptance whose record', () => {
  const isRecord = (input: object) => setsTo({ ...input }, 'state', 'running');
  const accepting = async () => {
    const rig = await servers.rig(impatient);
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
    // A new invocation knows no more than that it was sent before.
    expect(await readFreeAt(rig)).toBeLessThanOrEqual(Date.now() + maxUnansweredMs + windowMs + 100);
    expect(await readFreeAt(rig)).toBeGreaterThan(Date.now() + windowMs + maxStrayMs);
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
  const rig = await servers.rig({ getBaseUrl: () => gone.url });
  const { end, job } = await rig.follow(await rig.scheduled());
  expect(end).toEqual({ state: 'queued' });
  expect(job).toMatchObject({ state: 'queued', attempts: 0 });
  expect((await rig.permits())[0]?.freeAt).toBeGreaterThan(Date.now());
});

describe.concurrent('the time and the turn of a submit', () => {
  it('is not before its submit time', async () => {
    const rig = await servers.rig();
    let sentAt = 0;
    rig.adobe.script('POST', submitPath, () => {
      sentAt = Date.now();
      return refuse(451, 'prompt_unsafe') as { status: number };
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
    expect((await rig.permits())[0]?.freeAt).toBeLessThanOrEqual(Date.now());
    expect(rig.dispatches).toBe(1);
    expect(rig.metrics).toEqual(['LateTurns']);
  });

  it('under a pause gives the turn up unsent, without asking for a dispatch', async () => {
    const rig = await servers.rig();
    await pauseLane(createLane(rig.context.table), { until: Date.now() + 60_000, reason: 'rate_limited', level: 0 });
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
    await cancelJob(rig.context.table, job);
    expect((await rig.follow(job)).end).toEqual({ state: 'stale' });
    expect(rig.adobe.seen).toEqual([]);
  });

  it('during which the caller cancels ends the job instead of putting it back', async () => {
    const rig = await servers.rig();
    const { jobId, turn } = await rig.scheduled();
    rig.adobe.script('POST', submitPath, async () => {
      const submitting = await getJob(rig.context.table, jobId);
      if (submitting !== undefined) await cancelJob(rig.context.table, submitting);
      return refuse(503, '503000');
    });
    const { end, job } = await rig.follow({ jobId, turn });
    expect(end).toEqual({ state: 'cancelled' });
    expect(job.state).toBe('cancelled');
    expect(rig.events).toMatchObject([{ jobId, status: 'cancelled' }]);
    expect(rig.metrics).toEqual(['JobsCancelled']);
  });
});

it('says nothing of the prompt or the token in its log', async () => {
  const { rig } = await submitWith(refuse(401, '401013'));
  const log = JSON.stringify(rig.lines);
  expect(log).not.toContain('a cat coding');
  expect(log).not.toContain('token-first');
});
