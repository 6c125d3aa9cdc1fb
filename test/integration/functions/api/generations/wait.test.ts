import { afterEach, describe, expect, it } from 'vitest';
import { jobSchema } from '#shared/jobs/job.ts';
import { listJobs } from '#shared/jobs/job-list.ts';
import { pauseLane } from '#shared/jobs/lanes/pauses.ts';
import { claimPermit } from '#shared/jobs/lanes/permits.ts';
import type { JobEnd } from '#shared/jobs/transitions.ts';
import { adobeLimits, createLane, readPermits } from '#test/fixtures/queue.ts';
import { startApi, success, type TestApi } from '../fixture.ts';

const onlyJob = async (api: TestApi): Promise<string> =>
  (await listJobs(api.table, { caller: 'alice', limit: 1 }, jobSchema())).jobs[0]?.jobId ?? '';

describe('POST /v3/images/generate', () => {
  let api: TestApi;
  afterEach(() => api.close());

  /** An API where something happens to the job after so many ms of waiting. */
  const startWith = async (afterMs: number, happen: (jobId: string) => Promise<void>, objects = {}) => {
    let waited = 0;
    let happened = false;
    api = await startApi({
      objects,
      sleep: async (ms) => {
        api.clock.advance(ms);
        waited += ms;
        if (waited < afterMs || happened) return;
        happened = true;
        await happen(await onlyJob(api));
      },
    });
  };

  const generate = (headers: Record<string, string> = {}) =>
    api.call({ method: 'POST', path: '/v3/images/generate', body: { prompt: 'a cat' }, headers });

  it("answers 200 with Adobe's documented body when the job ends in time", async () => {
    await startWith(9_000, (jobId) => api.end(jobId, success(jobId)));
    const response = await generate();
    const jobId = await onlyJob(api);
    const url = (index: number) =>
      `https://s3.test/outputs-bucket/outputs/2026/03/01/${jobId}/${index}.jpg?at=${api.clock.now()}`;
    expect(response.statusCode).toBe(200);
    expect(response.json).toEqual({
      size: { width: 2048, height: 2048 },
      contentClass: 'photo',
      outputs: [
        { seed: 7, image: { url: url(0) } },
        { seed: 11, image: { url: url(1) } },
      ],
    });
    expect(response.headers['link']).toContain(jobId);
  });

  it('answers 202 with the id of the job when its result is larger than an answer may be', async () => {
    await startWith(9_000, (jobId) => api.end(jobId, success(jobId)), {
      presignGet: async () => `https://s3.test/${'a'.repeat(3_200_000)}`,
    });
    const response = await generate();
    expect(response.statusCode).toBe(202);
    expect(response.json['jobId']).toBe(await onlyJob(api));
    expect(response.headers['link']).toContain(await onlyJob(api));
  });

  it('answers 202 after 25 s', async () => {
    await startWith(1_000, (jobId) => api.move(jobId, 'running'));
    const start = api.clock.now();
    const response = await generate();
    expect(response.statusCode).toBe(202);
    expect(response.json['statusUrl']).toBe(`https://gateway.test/v3/status/${await onlyJob(api)}`);
    expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
    expect(api.clock.now() - start).toBe(25_000);
  });

  it('answers 202 at once when all permits are taken for longer', async () => {
    api = await startApi();
    const permits = await readPermits(createLane(api.table));
    for (const permit of permits) await claimPermit(createLane(api.table), permit, api.clock.now());
    const start = api.clock.now();
    expect((await generate()).statusCode).toBe(202);
    expect(api.clock.now() - start).toBeLessThan(500);
  });

  it('answers 202 at once while Adobe has the quota paused, or the day is used up', async () => {
    api = await startApi({ limits: { ...adobeLimits, requestsPerDay: 1 } });
    await api.submit({ caller: 'bob' });
    const start = api.clock.now();
    expect((await generate()).statusCode).toBe(202);
    await pauseLane(createLane(api.table), { until: start + 60_000, reason: 'rate_limited', level: 0 });
    expect((await generate()).statusCode).toBe(202);
    expect(api.clock.now() - start).toBeLessThan(1_000);
  });

  it('answers 202 as soon as dispatch gives the job a permit for later', async () => {
    await startWith(1_000, (jobId) => api.move(jobId, 'scheduled'));
    const start = api.clock.now();
    expect((await generate()).statusCode).toBe(202);
    expect(api.clock.now() - start).toBeLessThan(2_000);
  });

  it('waits on when the permit that looks taken was given to this very job', async () => {
    await startWith(250, async (jobId) => {
      await api.move(jobId, 'running');
      await api.end(jobId, success(jobId));
    });
    const permits = await readPermits(createLane(api.table));
    for (const permit of permits) await claimPermit(createLane(api.table), permit, api.clock.now());
    expect((await generate()).statusCode).toBe(200);
  });

  it.each<[string, JobEnd, number, string]>([
    ['content policy', { to: 'failed', error: { code: 'prompt_unsafe', message: 'no' } }, 451, 'prompt_unsafe'],
    [
      "Adobe's status",
      { to: 'failed', error: { code: 'validation_error', message: 'no', upstreamStatus: 422 } },
      422,
      'validation_error',
    ],
    [
      'lost answer',
      { to: 'failed', error: { code: 'submit_outcome_unknown', message: 'lost' } },
      502,
      'submit_outcome_unknown',
    ],
    ['time-out at Adobe', { to: 'timed_out' }, 504, 'job_timeout'],
    ['cancelled', { to: 'cancelled' }, 409, 'job_already_canceled'],
  ])('answers a failed job with an error: %s', async (_, end, status, code) => {
    await startWith(500, (jobId) => api.end(jobId, end));
    const response = await generate();
    expect(response.statusCode).toBe(status);
    expect(response.json).toMatchObject({ status, error_code: code, jobId: await onlyJob(api) });
  });

  it('answers 404 when the job is erased while the caller waits', async () => {
    await startWith(500, async (jobId) => {
      await api.end(jobId, { to: 'cancelled' });
      await api.call({ method: 'DELETE', path: `/jobs/${jobId}` });
    });
    expect(await generate()).toMatchObject({ statusCode: 404, json: { error_code: 'unknown_job_id' } });
  });
});
