import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NotConfiguredError, TokenUnavailableError } from '#shared/adobe/auth/access-token.ts';
import type { Lane } from '#shared/jobs/lanes/lane.ts';
import { pauseLane, readPauses } from '#shared/jobs/lanes/pauses.ts';
import { testToken } from '#test/fixtures/access-token.ts';
import type { ScriptedAnswer } from '#test/fixtures/fake-adobe.ts';
import { putItems } from '#test/fixtures/job-table.ts';
import { createLane } from '#test/fixtures/queue.ts';
import { acceptance, type Rig, type Servers, startServers, statusPath, submitPath } from './rig.ts';

import { posts, refusal as refuse, submitTo } from './submit-turn.ts';

let servers: Servers;
beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers.close());

/** Says that the lane pauses for so many ms, from some moment of a run on that began at a time. */
const expectPause = async (rig: Rig, beganAt: number, pauseMs: number): Promise<void> => {
  const { until = 0 } = (await rig.quota()).pause ?? {};
  expect(until).toBeGreaterThanOrEqual(beganAt + pauseMs);
  expect(until).toBeLessThanOrEqual(Date.now() + pauseMs);
};

const submitWith = async (answer: ScriptedAnswer, rig?: Rig) => submitTo(rig ?? (await servers.rig()), answer);

describe.concurrent('429', () => {
  it.each([
    ['seconds', () => '30', 30_000],
    // Of whole seconds.
    ['a date', () => new Date(Date.now() + 45_999).toUTCString(), 45_000],
    ['nothing', () => '', 60_000],
  ])('with %s pauses the queue for that time and puts the job back uncounted', async (_, retryAfter, pauseMs) => {
    const beganAt = Date.now();
    const { rig, end, job } = await submitWith(refuse(429, 'rate_limited', { 'retry-after': retryAfter() }));
    expect(end).toEqual({ state: 'queued' });
    expect(job).toMatchObject({ state: 'queued', attempts: 0 });
    const { pause } = await rig.quota();
    expect(pause).toMatchObject({ reason: 'rate_limited', level: 0 });
    expect(pause?.until).toBeGreaterThanOrEqual(beganAt + pauseMs);
    expect(pause?.until).toBeLessThanOrEqual(Date.now() + pauseMs + 1_000);
    expect(rig.metrics).toEqual(['RateLimited']);
    expect(rig.events).toEqual([]);
  });
});

describe.concurrent('an exhausted quota', () => {
  const refusal = refuse(403, 'access_error', { 'x-access-error': 'quota_exhausted' });

  it('pauses the queue, raises the alarm and fails no job; each refused trial doubles the pause', async () => {
    const beganAt = Date.now();
    const { rig, job } = await submitWith(refusal);
    expect(job).toMatchObject({ state: 'queued', attempts: 0 });
    expect((await rig.quota()).pause).toMatchObject({ reason: 'quota_exhausted', level: 1 });
    await expectPause(rig, beganAt, 60_000);
    expect(rig.metrics).toEqual(['QueuePaused']);
    expect(rig.dispatches).toBe(0);

    const over = { pk: 'quota#firefly', sk: 'pause', until: Date.now() - 1, reason: 'quota_exhausted', level: 1 };
    await putItems(rig.context.table, [over]);
    const beganAgainAt = Date.now();
    const second = await rig.follow(await rig.again(job));
    expect(second.job.state).toBe('queued');
    expect((await rig.quota()).pause).toMatchObject({ level: 2 });
    await expectPause(rig, beganAgainAt, 120_000);
  });

  it('is over with the first job that is accepted', async () => {
    const rig = await servers.rig();
    await pauseLane(createLane(rig.context.table), { until: Date.now(), reason: 'quota_exhausted', level: 2 });
    rig.adobe.script('POST', submitPath, acceptance(rig.adobe));
    rig.adobe.script('GET', statusPath, { status: 200, body: { status: 'failed', error_code: 'image_unsafe' } });
    await rig.follow(await rig.scheduled());
    expect((await rig.quota()).pause).toMatchObject({ level: 0 });
  });
});

describe.concurrent('a credential that may not use the service', () => {
  it.each([
    ['its client id', refuse(403, '403003'), '403003'],
    ['the missing key', refuse(403, '403000'), '403000'],
    ['its scopes', refuse(403, '403011'), '403011'],
    ['its entitlement', refuse(403, 'access_error', { 'x-access-error': 'user_profile_denied' }), 'access_error'],
  ])('because of %s pauses the queue, raises the alarm and fails no job', async (_, answer, code) => {
    const { rig, end, job } = await submitWith(answer);
    expect(end).toEqual({ state: 'queued' });
    expect(job).toMatchObject({ state: 'queued', attempts: 0, accessRefusals: { all: 1, open: 1 } });
    expect((await rig.quota()).pause).toMatchObject({ reason: 'access_refused', level: 1, code });
    expect(rig.metrics).toEqual(['QueuePaused']);
    expect(rig.events).toEqual([]);
  });

  it('ends a job that alone is refused while others are accepted in between', async () => {
    const { rig, job } = await submitWith(refuse(403, '403003'));
    const over = { until: Date.now() - 1, reason: 'access_refused', level: 0 };
    let again = { job };
    for (const { state, open } of [
      { state: 'queued', open: 2 },
      { state: 'failed', open: 2 },
    ]) {
      await putItems(rig.context.table, [{ pk: 'quota#firefly', sk: 'pause', ...over }]);
      again = await rig.follow(await rig.again(again.job));
      expect(again.job).toMatchObject({ state, accessRefusals: { open } });
    }
    expect(again.job.error).toMatchObject({ code: '403003', upstreamStatus: 403 });
  });

  it('keeps a job that Adobe works on, however long past its time-out', async () => {
    const rig = await servers.rig({
      pollingPolicyFor: () => ({ firstPollSeconds: 1, pollCeilingSeconds: 1, timeoutSeconds: 1 }),
    });
    const job = await rig.accepted({ acceptedAt: new Date(Date.now() - 3_600_000).toISOString() });
    const done = { status: 200, body: { status: 'failed', error_code: 'image_unsafe' } };
    rig.adobe.script('GET', statusPath, refuse(403, '403003'), refuse(403, '403003'), done);
    expect((await rig.follow(job)).job).toMatchObject({ state: 'failed', error: { code: 'image_unsafe' } });
    expect((await rig.quota()).pause).toMatchObject({ reason: 'access_refused', level: 1, code: '403003' });
    expect(rig.metrics.filter((name) => name === 'QueuePaused')).toHaveLength(1);
  });
});

describe.concurrent('a page of something in between', () => {
  it('in place of the answer pauses the queue and fails no job', async () => {
    const page = { status: 404, headers: { 'content-type': 'text/html' }, body: '<html><h1>Not Found</h1></html>' };
    const { rig, job } = await submitWith(page);
    expect(job).toMatchObject({ state: 'queued', accessRefusals: { open: 1 } });
    expect((await rig.quota()).pause).toMatchObject({ reason: 'intercepted', level: 1 });
  });

  it('in place of the status is no word about the job', async () => {
    const rig = await servers.rig();
    const page = { status: 404, headers: { 'content-type': 'text/html' }, body: '<html><h1>Not Found</h1></html>' };
    const done = { status: 200, body: { status: 'failed', error_code: 'image_unsafe' } };
    rig.adobe.script('GET', statusPath, page, page, page, page, page, page, done);
    expect((await rig.follow(await rig.accepted())).job).toMatchObject({ error: { code: 'image_unsafe' } });
    expect((await rig.quota()).pause).toBeUndefined();
  });
});

describe.concurrent('a refused token', () => {
  it('is replaced, and the job goes back to be sent with the new one', async () => {
    const { rig, end, job } = await submitWith(refuse(401, '401013'));
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
    const { rig, job } = await submitWith(refuse(401, '401013'));
    const second = await rig.follow(await rig.again(job));
    expect(second.job).toMatchObject({ state: 'queued', attempts: 0 });
    expect((await rig.quota()).pause).toMatchObject({ reason: 'token_refused', level: 1 });
    expect(rig.metrics).toEqual(['QueuePaused']);
    expect(rig.dispatches).toBe(1);
  });
});

describe.concurrent('beside other lanes', () => {
  const withOther = async () => {
    const rig = await servers.rig();
    const { table } = rig.context;
    const substance: Lane = { table, name: 'substance', limits: { windows: [], submitGraceMs: 0 } };
    const lanes = new Map([...rig.context.lanes, ['substance', substance]]);
    Object.assign(rig.context, { lanes });
    return { rig, readOther: async () => (await readPauses(substance)).pause };
  };

  it('a refused token pauses all of them', async () => {
    const { rig, readOther } = await withOther();
    const { job } = await submitTo(rig, refuse(401, '401013'));
    await rig.follow(await rig.again(job));
    expect(await readOther()).toMatchObject({ reason: 'token_refused', level: 1 });
  });

  it('a refused right pauses those of its own service only', async () => {
    const { rig, readOther } = await withOther();
    await submitTo(rig, refuse(403, 'user_not_entitled'));
    expect((await rig.quota()).pause).toMatchObject({ reason: 'access_refused' });
    expect(await readOther()).toBeUndefined();
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
    expect((await rig.permits())[0]?.freeAt).toBeLessThanOrEqual(Date.now());
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
