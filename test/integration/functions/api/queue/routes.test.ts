import { afterEach, describe, expect, it } from 'vitest';
import { pauseLane, readPauses } from '#shared/jobs/lanes/pauses.ts';
import { claimPermit } from '#shared/jobs/lanes/permits.ts';
import { createLane, enqueueMany, heldMs, readPermits } from '#test/fixtures/queue.ts';
import { startApi, type TestApi, type TestResponse } from '../fixture.ts';
import type { TestRequest } from '../http-event.ts';

let api: TestApi;
afterEach(() => api.close());

const pause = (options: Partial<TestRequest> = {}) => api.call({ method: 'PUT', path: '/queue/pause', ...options });
const resume = (options: Partial<TestRequest> = {}) => api.call({ method: 'PUT', path: '/queue/resume', ...options });
const queue = (options: Partial<TestRequest> = {}) => api.call({ path: '/queue', ...options });
const isoAfter = (ms: number) => new Date(api.clock.now() + ms).toISOString();

const pausesIn = ({ json }: Pick<TestResponse, 'json'>) => (json['lanes'] as { pauses: unknown[] }[])[0]?.pauses;

describe('GET /queue', () => {
  it('tells what waits, since when, what is free and when all will have been submitted', async () => {
    api = await startApi();
    const permits = await readPermits(createLane(api.table));
    if (permits[1]) await claimPermit(createLane(api.table), permits[1], api.clock.now());
    await api.submit();
    api.clock.advance(10_000);
    await api.submit({ headers: { 'x-priority': 'low' } });
    for (let job = 0; job < 3; job += 1) await api.submit({ caller: 'bob' });
    const { statusCode, json } = await queue();
    expect(statusCode).toBe(200);
    expect(json).toEqual({
      lanes: [
        {
          lane: 'firefly',
          waiting: {
            jobs: 5,
            jobsIsMinimum: false,
            oldestSince: isoAfter(-10_000),
            priorities: {
              high: { jobs: 0, jobsIsMinimum: false },
              normal: { jobs: 4, jobsIsMinimum: false, oldestSince: isoAfter(-10_000) },
              low: { jobs: 1, jobsIsMinimum: false, oldestSince: isoAfter(0) },
            },
          },
          permits: [{}, { freeAt: isoAfter(heldMs - 10_000) }, {}, {}],
          pauses: [],
          requestsToday: { used: 0, limit: 9_000 },
          turnsGiven: 0,
          estimatedDrain: isoAfter(63_000),
          estimatedDrainIsMinimum: false,
        },
      ],
      pausedCallers: [],
    });
  });

  it('counts a queue that one read does not hold', async () => {
    api = await startApi();
    const lane = createLane(api.table);
    await enqueueMany(lane, 100, { priority: 'high' });
    api.clock.advance(10_000);
    await enqueueMany(lane, 150, { priority: 'normal' });
    const { json } = await queue();
    expect(json).toMatchObject({
      lanes: [
        {
          waiting: {
            jobs: 250,
            jobsIsMinimum: false,
            oldestSince: isoAfter(-10_000),
            priorities: {
              high: { jobs: 100, oldestSince: isoAfter(-10_000) },
              normal: { jobs: 150, oldestSince: isoAfter(0) },
              low: { jobs: 0 },
            },
          },
        },
      ],
    });
  });

  it('is empty where nothing waits', async () => {
    api = await startApi();
    const { json } = await queue();
    expect(json).toMatchObject({ lanes: [{ waiting: { jobs: 0 }, permits: [{}, {}, {}, {}], pauses: [] }] });
    expect(json).not.toHaveProperty('lanes.0.estimatedDrain');
  });
});

describe('pausing and resuming', () => {
  it('shows who paused the queue and why, here and in /health, and no estimate any more', async () => {
    api = await startApi();
    const jobId = await api.submit();
    expect((await api.call({ path: `/jobs/${jobId}` })).json['estimatedStart']).toBe(isoAfter(0));
    const paused = await pause({ caller: 'ops', body: { reason: 'month end' } });
    expect(paused).toMatchObject({
      statusCode: 200,
      json: { lanes: [{ pauses: [{ reason: 'operator', by: 'ops', note: 'month end', since: isoAfter(0) }] }] },
    });
    expect(paused.json).not.toHaveProperty('lanes.0.estimatedDrain');
    expect((await api.call({ path: '/health' })).json).toMatchObject({
      status: 'degraded',
      lanes: [{ lane: 'firefly', waiting: true, paused: { reason: 'operator', since: isoAfter(0) } }],
    });
    const { json } = await api.call({ path: `/jobs/${jobId}` });
    expect(json['queuePosition']).toBe(1);
    expect(json).not.toHaveProperty('estimatedStart');
    expect(pausesIn(await queue())).toHaveLength(1);
  });

  it('resumes at once, leaves Adobe’s pause alone, and may be asked for twice', async () => {
    api = await startApi();
    await pauseLane(createLane(api.table), { until: api.clock.now() + 60_000, reason: 'rate_limited', level: 0 });
    await pause();
    expect(pausesIn(await queue())).toMatchObject([{ reason: 'operator' }, { reason: 'rate_limited' }]);
    expect(pausesIn(await resume())).toEqual([
      {
        reason: 'rate_limited',
        until: isoAfter(60_000),
        refusedTrials: 0,
        advice: 'Nothing: submits go on by themselves.',
      },
    ]);
    expect(api.recorded.dispatches).toBe(1);
    expect((await resume()).statusCode).toBe(200);
    api.clock.advance(60_000);
    expect(pausesIn(await queue())).toEqual([]);
  });

  it('lets a synchronous caller go with 202 at once, and wakes dispatch for nobody meanwhile', async () => {
    api = await startApi();
    await pause();
    const before = api.clock.now();
    const response = await api.call({ method: 'POST', path: '/v3/images/generate', body: { prompt: 'a cat' } });
    expect(response.statusCode).toBe(202);
    expect(api.clock.now() - before).toBeLessThan(1_000);
    expect(api.recorded.dispatches).toBe(0);
    await resume();
    expect(api.recorded.dispatches).toBe(1);
    api.clock.advance(5_000);
    await api.submit();
    expect(api.recorded.dispatches).toBe(2);
  });

  it.each([
    [{ reason: '' }, 422, 'reason'],
    [{ reason: 'x'.repeat(501) }, 422, 'reason'],
    [{ why: 'x' }, 422, 'body'],
    ['{', 400, 'JSON'],
  ])('refuses the body %j with %i', async (body, statusCode, named) => {
    api = await startApi();
    const response = await pause({ body, headers: { 'content-type': 'application/json' } });
    expect(response).toMatchObject({ statusCode });
    expect(response.json['message']).toContain(named);
    expect(await readPauses(createLane(api.table))).toEqual({});
  });
});

describe('operators', () => {
  const calls = [queue, pause, resume];

  it('are those whom the settings name, where tokens say who calls', async () => {
    api = await startApi({ settings: { operators: ['ops'] } });
    for (const call of calls) {
      expect(await call({ caller: 'alice' })).toMatchObject({
        statusCode: 403,
        json: { error_code: 'operator_required' },
      });
      expect((await call({ caller: 'ops' })).statusCode).toBe(200);
    }
    expect((await api.call({ path: '/health', caller: 'alice' })).statusCode).toBe(200);
  });

  it('are nobody where the settings name nobody', async () => {
    api = await startApi({ settings: { operators: [] } });
    for (const call of calls) expect((await call()).statusCode).toBe(403);
  });

  it('are those whom API Gateway lets in by the operators’ own routes, where a policy decides', async () => {
    api = await startApi({ settings: { operators: 'policy' } });
    const spellings = ['/queue/pause', '/queue/pause/'];
    for (const path of spellings) {
      expect(await api.call({ method: 'PUT', path })).toMatchObject({ statusCode: 403 });
    }
    expect(await pause({ routeKey: 'GET /queue' })).toMatchObject({ statusCode: 403 });
    expect(await readPauses(createLane(api.table))).toEqual({});
    expect((await pause({ routeKey: 'PUT /queue/pause' })).statusCode).toBe(200);
    expect((await resume({ routeKey: 'PUT /queue/resume' })).statusCode).toBe(200);
    expect((await queue({ routeKey: 'GET /queue' })).statusCode).toBe(200);
  });
});
