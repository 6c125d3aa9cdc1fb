import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JobState } from '#shared/jobs/job.ts';
import { getJob } from '#shared/jobs/job-store.ts';
import { startApi, success, type TestApi } from '../fixture.ts';

const unknownJobId = '00000000-0000-7000-8000-000000000000';

describe('a job over HTTP', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.close());

  const status = (jobId: string) => api.call({ path: `/v3/status/${jobId}` });
  const record = (jobId: string) => api.call({ path: `/jobs/${jobId}` });

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

    it('calls a job that succeeded in part by the word for success, so that clients written for Adobe stop polling', async () => {
      const jobId = await api.submit();
      const { result, outputs = [] } = success(jobId);
      const errors = [{ index: 0, code: 'output_malformed', message: 'It cannot be read.' }];
      await api.end(jobId, { to: 'partially_succeeded', result, outputs: outputs.slice(1), errors });
      const answer = await status(jobId);
      expect(answer.json).toMatchObject({ status: 'succeeded', result: { outputs: [{ seed: 11 }] } });
      expect(answer.json).not.toHaveProperty('error_code');
      expect(answer.headers['retry-after']).toBeUndefined();
      expect((await record(jobId)).json).toMatchObject({
        status: 'partially_succeeded',
        errors,
        outputs: [{ seed: 11 }],
      });
      const listed = await api.call({ path: '/jobs', query: { status: 'partially_succeeded' } });
      expect(listed.json['jobs']).toMatchObject([{ jobId, status: 'partially_succeeded', errors }]);
      expect((await api.call({ path: `/jobs/${jobId}/outputs/0` })).statusCode).toBe(302);
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

    it.each([
      ['Accept: application/json', { headers: { accept: 'application/json' } }],
      ['Accept in capitals, with a parameter', { headers: { accept: 'Application/JSON;q=0.9' } }],
      ['format=json', { query: { format: 'json' }, headers: { accept: 'image/*' } }],
    ])('gives the address as JSON to %s, for clients that would send their credentials along', async (_, request) => {
      const jobId = await api.submit();
      await api.end(jobId, success(jobId));
      const { statusCode, headers, json } = await api.call({ path: `/jobs/${jobId}/outputs/1`, ...request });
      expect([statusCode, headers['location']]).toEqual([200, undefined]);
      expect(json).toEqual({ url: expect.stringContaining(`${jobId}/1.jpg?`) });
    });

    it('redirects clients that take other types as well, and knows no other format', async () => {
      const jobId = await api.submit();
      await api.end(jobId, success(jobId));
      const path = `/jobs/${jobId}/outputs/0`;
      for (const accept of ['*/*', 'application/json, text/plain, */*', 'image/jpeg', '']) {
        expect((await api.call({ path, headers: { accept } })).statusCode).toBe(302);
      }
      expect(await api.call({ path, query: { format: 'xml' } })).toMatchObject({
        statusCode: 400,
        json: { validation_errors: [{ loc: ['query', 'format'] }] },
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
});
