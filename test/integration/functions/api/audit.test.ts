import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashCaller } from '#shared/deployment/bucket.ts';
import { rememberReusable } from '#shared/jobs/reuse.ts';
import { readJob } from '#test/fixtures/job-table.ts';
import { startApi, success, type TestApi } from './fixture.ts';
import type { TestRequest } from './http-event.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

/** The audit lines of one request, without what each of them has. */
const linesOf = async (request: TestRequest): Promise<Record<string, unknown>[]> => {
  const before = api.recorded.logs.length;
  await api.call({ caller: 'auth0|alice@example.com', ...request });
  const lines = api.recorded.logs.slice(before) as Record<string, unknown>[];
  return lines
    .filter(({ message }) => message === 'audit')
    .map(({ message: _, requestId, caller, ...rest }) => {
      expect(requestId).toBe('request-1');
      expect(caller).toBe(hashCaller('auth0|alice@example.com'));
      return rest;
    });
};

const post = (path: string, body?: unknown): TestRequest => ({ method: 'POST', path, body });
const prompt = 'a secret campaign';

describe('the audit lines', () => {
  it('name each change of a job once', async () => {
    const headers = { 'idempotency-key': 'once' };
    const submit = { ...post('/v3/images/generate-async', { prompt }), headers };
    const [accepted] = await linesOf(submit);
    const jobId = accepted?.['jobId'];
    expect(accepted).toMatchObject({ action: 'job accepted', operation: 'images/generate', jobId: expect.any(String) });
    expect(await linesOf(submit)).toEqual([]);
    expect(await linesOf({ path: `/jobs/${jobId}` })).toEqual([]);
    expect(await linesOf({ method: 'DELETE', path: `/jobs/${jobId}` })).toEqual([]);
    const cancel = { method: 'PUT', path: `/v3/cancel/${jobId}` };
    expect(await linesOf(cancel)).toEqual([{ action: 'job cancelled', jobId }]);
    expect(await linesOf(cancel)).toEqual([]);
    expect(await linesOf({ method: 'DELETE', path: `/jobs/${jobId}` })).toEqual([{ action: 'job erased', jobId }]);
  });

  it('name an answer from an earlier job', async () => {
    const body = { prompt, seeds: [1, 2], numVariations: 2 };
    const [first] = await linesOf(post('/v3/images/generate-async', body));
    const jobId = String(first?.['jobId']);
    await api.end(jobId, success(jobId));
    await rememberReusable(api.table, await readJob(api.table, { jobId }));
    const again = { ...post('/v3/images/generate-async', body), headers: { 'cache-control': 'max-age=600' } };
    expect(await linesOf(again)).toEqual([{ action: 'job reused', jobId: expect.any(String), reusedFrom: jobId }]);
  });

  it('name each change of a webhook', async () => {
    const [made] = await linesOf(post('/webhooks', { url: 'https://example.com/hook' }));
    const webhookId = made?.['webhookId'];
    expect(made).toEqual({ action: 'webhook made', webhookId: expect.any(String) });
    const path = `/webhooks/${webhookId}`;
    expect(await linesOf(post(`${path}/test`))).toEqual([
      { action: 'webhook tested', webhookId, deliveryId: expect.any(String) },
    ]);
    expect(await linesOf(post(`${path}/rotate-secret`))).toEqual([{ action: 'webhook secret rotated', webhookId }]);
    expect(await linesOf(post(`${path}/enable`))).toEqual([{ action: 'webhook enabled', webhookId }]);
    expect(await linesOf({ method: 'PUT', path, body: { url: 'https://example.com/other' } })).toEqual([
      { action: 'webhook changed', webhookId },
    ]);
    expect(await linesOf({ method: 'DELETE', path })).toEqual([{ action: 'webhook deleted', webhookId }]);
    expect(await linesOf({ method: 'DELETE', path })).toEqual([]);
  });

  it('name each change of a batch', async () => {
    const requests = { requests: [{ body: { prompt } }] };
    const [made] = await linesOf(post('/batches', requests));
    const batchId = made?.['batchId'];
    expect(made).toEqual({ action: 'batch made', batchId: expect.any(String) });
    const cancel = { method: 'PUT', path: `/batches/${batchId}/cancel` };
    expect(await linesOf(cancel)).toEqual([{ action: 'batch cancelled', batchId }]);
    expect(await linesOf({ method: 'PUT', path: `/batches/${randomUUID()}/cancel` })).toEqual([]);
  });

  it('name forms and uploads that are erased', async () => {
    const [made] = await linesOf(post('/uploads', { contentType: 'image/png' }));
    const uploadId = made?.['uploadId'];
    expect(made).toEqual({ action: 'upload form made', uploadId: expect.any(String) });
    const folder = `outputs-bucket/uploads/${hashCaller('auth0|alice@example.com')}`;
    api.recorded.objects.set(`${folder}/${uploadId}.png`, Buffer.from('png'));
    const erase = { method: 'DELETE', path: `/uploads/${uploadId}` };
    expect(await linesOf(erase)).toEqual([{ action: 'upload erased', uploadId }]);
    expect(await linesOf(erase)).toEqual([]);
  });

  it('name pauses, once each', async () => {
    const pause = { method: 'PUT', path: '/queue/pause' };
    const resume = { method: 'PUT', path: '/queue/resume' };
    expect(await linesOf(pause)).toEqual([{ action: 'queue paused' }]);
    expect(await linesOf(pause)).toEqual([]);
    expect(await linesOf(resume)).toEqual([{ action: 'queue resumed' }]);
  });

  it('hold neither a prompt nor a name', () => {
    const lines = JSON.stringify(
      (api.recorded.logs as Record<string, unknown>[]).filter(({ message }) => message === 'audit'),
    );
    expect(lines).not.toContain(prompt);
    expect(lines).not.toContain('alice');
  });
});
