import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JobState } from '#shared/jobs/job.ts';
import { getJob } from '#shared/jobs/job-store.ts';
import { readQuota } from '#shared/jobs/quota.ts';
import { startApi, success, type TestApi } from './fixture.ts';

const unknownJobId = '00000000-0000-7000-8000-000000000000';

describe('a job over HTTP', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.close());

  const status = (jobId: string) => api.call({ path: `/v3/status/${jobId}` });
  const cancel = (jobId: string) => api.call({ method: 'PUT', path: `/v3/cancel/${jobId}` });
  const record = (jobId: string) => api.call({ path: `/jobs/${jobId}` });
  const erase = (jobId: string) => api.call({ method: 'DELETE', path: `/jobs/${jobId}` });

  describe('GET /v3/status/{jobId}', () => {
    it.each<[JobState[], string]>([
      [[], 'pending'],
      [['scheduled'], 'pending'],
      [['submitting'], 'pending'],
      [['running'], 'running'],
      [['running', 'storing'], 'running'],
    ])("speaks Adobe's words: %j is %s", async (states, word) => {
      const jobId = await api.submit();
      for (const state of states) await api.move(jobId, state);
      const response = await status(jobId);
      expect(response).toMatchObject({ statusCode: 200, json: { status: word, jobId } });
      expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
    });

    it('gives a succeeded job with URLs signed at that moment', async () => {
      const jobId = await api.submit();
      await api.end(jobId, success(jobId));
      const first = await status(jobId);
      expect(first.json).toEqual({
        status: 'succeeded',
        jobId,
        result: {
          size: { width: 2048, height: 2048 },
          contentClass: 'photo',
          outputs: [
            { seed: 7, image: { url: expect.stringContaining(`${jobId}/0.jpg`) } },
            { seed: 11, image: { url: expect.stringContaining(`${jobId}/1.jpg`) } },
          ],
        },
      });
      expect(first.headers['retry-after']).toBeUndefined();
      expect(first.headers['cache-control']).toBe('no-store');
      api.clock.advance(2 * 3_600_000);
      expect((await status(jobId)).body).not.toBe(first.body);
    });

    it("keeps Adobe's code and message of a failure", async () => {
      const jobId = await api.submit();
      await api.end(jobId, {
        to: 'failed',
        error: { code: 'prompt_unsafe', message: 'Refused.', upstreamStatus: 451 },
      });
      expect((await status(jobId)).json).toEqual({
        status: 'failed',
        jobId,
        error_code: 'prompt_unsafe',
        message: 'Refused.',
      });
    });

    it.each<['cancelled' | 'timed_out', string]>([
      ['cancelled', 'cancelled'],
      ['timed_out', 'timeout'],
    ])('%s is %s', async (to, word) => {
      const jobId = await api.submit();
      await api.end(jobId, { to });
      expect((await status(jobId)).json).toEqual({ status: word, jobId });
    });
  });

  describe("another caller's job, an unknown one, a malformed id", () => {
    it.each([
      ['GET', '/v3/status/'],
      ['PUT', '/v3/cancel/'],
      ['GET', '/jobs/'],
      ['DELETE', '/jobs/'],
    ])('%s %s: 404 unknown_job_id', async (method, path) => {
      const jobId = await api.submit();
      await api.end(jobId, success(jobId));
      for (const request of [
        { path: `${path}${jobId}`, caller: 'mallory' },
        { path: `${path}${unknownJobId}` },
        { path: `${path}urn:ff:jobs:eso851211:${jobId}` },
        { path: `${path}..%2F${jobId}` },
      ]) {
        expect(await api.call({ method, ...request })).toMatchObject({
          statusCode: 404,
          json: { error_code: 'unknown_job_id' },
        });
      }
      expect(await getJob(api.table, jobId)).toBeDefined();
    });

    it('hides outputs as well', async () => {
      const jobId = await api.submit();
      await api.end(jobId, success(jobId));
      expect(await api.call({ path: `/jobs/${jobId}/outputs/0`, caller: 'mallory' })).toMatchObject({
        statusCode: 404,
        json: { error_code: 'unknown_job_id' },
      });
    });
  });

  describe('PUT /v3/cancel/{jobId}', () => {
    it('ends a queued job at once and announces it', async () => {
      const jobId = await api.submit();
      const events = api.recorded.events.length;
      expect(await cancel(jobId)).toMatchObject({ statusCode: 200, body: '' });
      expect((await getJob(api.table, jobId))?.state).toBe('cancelled');
      expect(api.recorded.events).toHaveLength(events + 1);
      expect(await cancel(jobId)).toMatchObject({ statusCode: 409, json: { error_code: 'job_already_canceled' } });
    });

    it('ends a scheduled job, frees its permit and wakes dispatch for the next in line', async () => {
      const jobId = await api.submit();
      await api.move(jobId, 'scheduled');
      const dispatches = api.recorded.dispatches;
      expect((await cancel(jobId)).statusCode).toBe(200);
      expect(api.recorded.dispatches).toBe(dispatches + 1);
      const { permits } = await readQuota(api.table, api.gateway.limits);
      expect(permits.every(({ freeAt }) => freeAt <= api.clock.now())).toBe(true);
    });

    it('asks for the end of a running job, any number of times', async () => {
      const jobId = await api.submit();
      await api.move(jobId, 'running');
      expect((await cancel(jobId)).statusCode).toBe(200);
      expect((await cancel(jobId)).statusCode).toBe(200);
      expect((await record(jobId)).json).toMatchObject({ status: 'running', cancelRequestedAt: expect.any(String) });
    });

    it('comes too late for a finished job', async () => {
      const jobId = await api.submit();
      await api.end(jobId, success(jobId));
      expect(await cancel(jobId)).toMatchObject({ statusCode: 409, json: { error_code: 'job_completed' } });
    });

    it('succeeds though the event bus is down: dispatch announces the end later, and only then it can be erased', async () => {
      const silent = await startApi({
        bus: {
          eventBusName: 'bus',
          eventBridge: { send: async () => ({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'Internal' }] }) } as never,
        },
      });
      const jobId = await silent.submit();
      expect((await silent.call({ method: 'PUT', path: `/v3/cancel/${jobId}` })).statusCode).toBe(200);
      expect(silent.recorded.logs).toContainEqual(expect.objectContaining({ jobId, error: 'EventNotPublishedError' }));
      const erased = await silent.call({ method: 'DELETE', path: `/jobs/${jobId}` });
      expect(erased).toMatchObject({ statusCode: 503, headers: { 'retry-after': '60' } });
      expect(await getJob(silent.table, jobId)).toBeDefined();
      await silent.close();
    });
  });

  describe('GET /jobs/{jobId}', () => {
    it('tells everything about a queued job, with its position', async () => {
      const alone = await startApi();
      const [first, second] = [await alone.submit(), await alone.submit()];
      const response = await alone.call({ path: `/jobs/${second}` });
      expect(response.json).toMatchObject({
        jobId: second,
        status: 'queued',
        caller: 'alice',
        operation: 'images/generate',
        priority: 'normal',
        attempts: 0,
        turn: 0,
        states: [{ state: 'queued', at: '2026-03-01T12:00:00.000Z' }],
        queuePosition: 2,
        queuePositionIsMinimum: false,
        outputs: [],
        request: { prompt: 'a cat' },
      });
      expect((await alone.call({ path: `/jobs/${first}` })).json['queuePosition']).toBe(1);
      await alone.close();
    });

    it('tells the outputs and the states of a finished one', async () => {
      const jobId = await api.submit();
      await api.move(jobId, 'running');
      await api.end(jobId, success(jobId));
      const { json } = await record(jobId);
      expect(json['outputs']).toEqual(success(jobId).outputs);
      expect(json['queuePosition']).toBeUndefined();
      expect((json['states'] as { state: string }[]).map(({ state }) => state)).toEqual([
        'queued',
        'running',
        'succeeded',
      ]);
    });
  });

  describe('GET /jobs/{jobId}/outputs/{index}', () => {
    it('redirects to a fresh URL', async () => {
      const jobId = await api.submit();
      await api.end(jobId, success(jobId));
      const response = await api.call({ path: `/jobs/${jobId}/outputs/1` });
      expect(response).toMatchObject({
        statusCode: 302,
        headers: { location: expect.stringContaining(`${jobId}/1.jpg`), 'cache-control': 'no-store' },
      });
    });

    it.each(['2', '-1', '01', '1.0', 'x', '99999999999', '%30x'])('has no output %s', async (index) => {
      const jobId = await api.submit();
      await api.end(jobId, success(jobId));
      expect(await api.call({ path: `/jobs/${jobId}/outputs/${index}` })).toMatchObject({
        statusCode: 404,
        json: { error_code: 'unknown_output' },
      });
    });
  });

  describe('DELETE /jobs/{jobId}', () => {
    it('erases a finished job, outputs first', async () => {
      const jobId = await api.submit();
      await api.end(jobId, success(jobId));
      expect(await erase(jobId)).toMatchObject({ statusCode: 204, body: '' });
      expect(api.recorded.erased.at(-1)).toMatch(new RegExp(`^outputs/2026/03/01/${jobId}/$`));
      expect((await erase(jobId)).statusCode).toBe(404);
    });

    it('announces an end that nobody has announced yet before it forgets it, and no other', async () => {
      const [crashed, announced] = [await api.submit(), await api.submit()];
      await api.end(crashed, success(crashed));
      await cancel(announced);
      const events = api.recorded.events.length;
      await erase(crashed);
      await erase(announced);
      expect(api.recorded.events.slice(events)).toEqual([
        { Entries: [expect.objectContaining({ Detail: expect.stringContaining(crashed) })] },
      ]);
      expect((await record(crashed)).statusCode).toBe(404);
    });

    it('refuses to erase a job that is not finished', async () => {
      const jobId = await api.submit();
      expect(await erase(jobId)).toMatchObject({ statusCode: 409, json: { error_code: 'job_not_finished' } });
      expect(await getJob(api.table, jobId)).toBeDefined();
    });

    it('can be repeated after S3 has failed', async () => {
      let broken = true;
      const failing = await startApi({
        eraseOutputs: async () => {
          if (broken) throw new Error('S3 is away');
        },
      });
      const jobId = await failing.submit();
      await failing.end(jobId, success(jobId));
      expect((await failing.call({ method: 'DELETE', path: `/jobs/${jobId}` })).statusCode).toBe(500);
      broken = false;
      expect((await failing.call({ method: 'DELETE', path: `/jobs/${jobId}` })).statusCode).toBe(204);
      await failing.close();
    });

    it('lets an idempotency key make a new job after its old one is erased', async () => {
      const options = { headers: { 'idempotency-key': 'again' } };
      const jobId = await api.submit(options);
      await cancel(jobId);
      await erase(jobId);
      expect(await api.submit(options, { prompt: 'another cat' })).toBe(jobId);
      expect((await status(jobId)).json['status']).toBe('pending');
    });
  });
});

describe('GET /jobs', () => {
  let api: TestApi;
  const ids: string[] = [];
  beforeAll(async () => {
    api = await startApi();
    for (let index = 0; index < 7; index += 1) {
      api.clock.advance(1_000);
      ids.unshift(await api.submit());
    }
    await api.submit({ caller: 'bob' });
    for (const jobId of [ids[1], ids[4]]) await api.end(jobId ?? '', success(jobId ?? ''));
  });
  afterAll(() => api.close());

  const list = async (query: Record<string, string> = {}, caller = 'alice') => {
    const response = await api.call({ path: '/jobs', query, caller });
    const jobs = (response.json['jobs'] ?? []) as { jobId: string; status: string }[];
    return { ...response, ids: jobs.map(({ jobId }) => jobId), cursor: response.json['cursor'] as string | undefined };
  };

  it("lists the caller's jobs, newest first, without their prompts", async () => {
    const page = await list();
    expect(page.ids).toEqual(ids);
    expect(page.cursor).toBeUndefined();
    expect(page.body).not.toContain('a cat');
  });

  it('pages with an opaque cursor', async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await list({ limit: '3', ...(cursor === undefined ? {} : { cursor }) });
      expect(page.ids.length).toBeLessThanOrEqual(3);
      seen.push(...page.ids);
      cursor = page.cursor;
    } while (cursor !== undefined);
    expect(seen).toEqual(ids);
  });

  it('filters by status', async () => {
    expect((await list({ status: 'succeeded' })).ids).toEqual([ids[1], ids[4]]);
    const first = await list({ status: 'succeeded', limit: '1' });
    expect((await list({ status: 'succeeded', limit: '1', cursor: first.cursor ?? '' })).ids).toEqual([ids[4]]);
  });

  it.each<Record<string, string>>([
    { status: 'pending' },
    { status: '' },
    { cursor: '' },
    { cursor: 'bm9uZQ' },
    { cursor: '!!' },
    { limit: '0' },
    { limit: '101' },
    { limit: 'ten' },
  ])('refuses %j with 400', async (query) => {
    const response = await list(query);
    expect(response).toMatchObject({ statusCode: 400, json: { error_code: 'bad_request' } });
    expect(response.json['message']).toContain(Object.keys(query)[0]);
  });

  it("refuses a cursor of another caller's or another filter's list", async () => {
    const cursor = (await list({ limit: '1' })).cursor ?? '';
    expect((await list({ limit: '1', cursor }, 'bob')).statusCode).toBe(400);
    expect((await list({ limit: '1', cursor, status: 'queued' })).statusCode).toBe(400);
    expect((await list({ limit: '1', cursor: `${cursor}x` })).statusCode).toBe(400);
  });
});
