import { afterEach, beforeEach, expect, it } from 'vitest';
import { startApi, success, type TestApi } from '../fixture.ts';

let api: TestApi;
beforeEach(async () => {
  api = await startApi({ settings: { operators: ['root'] } });
});
afterEach(() => api.close());

const put = (path: string, caller = 'root') => api.call({ method: 'PUT', path, caller });

it('shows operators whose jobs wait and run, and nobody else', async () => {
  for (const caller of ['alice', 'bob', 'bob', 'bob']) await api.submit({ caller }, { prompt: 'x' });
  await api.move(await api.submit({ caller: 'alice' }, { prompt: 'y' }), 'scheduled');
  const done = await api.submit({ caller: 'carol' }, { prompt: 'z' });
  await api.end(done, success(done));
  expect(await api.call({ path: '/queue/callers', caller: 'alice' })).toMatchObject({ statusCode: 403 });
  expect((await api.call({ path: '/queue/callers', caller: 'root' })).json).toEqual({
    callers: [
      { caller: 'bob', waiting: 3, running: 0 },
      { caller: 'alice', waiting: 1, running: 1 },
    ],
    isMinimum: false,
  });
});

it('lets operators cancel a job of any caller, once, and writes it down', async () => {
  const jobId = await api.submit({ caller: 'alice' });
  const path = `/queue/cancel-job/${jobId}`;
  expect(await put(path, 'alice')).toMatchObject({ statusCode: 403 });
  expect(await put(path)).toMatchObject({ statusCode: 200 });
  expect(await put(path)).toMatchObject({ statusCode: 409, json: { error_code: 'job_already_canceled' } });
  expect(await put('/queue/cancel-job/nothing')).toMatchObject({ statusCode: 404 });
  const { json } = await api.call({ path: `/jobs/${jobId}`, caller: 'alice' });
  expect(json).toMatchObject({ status: 'cancelled' });
  const audit = await api.call({ path: '/audit', caller: 'root' });
  expect(audit.json['entries']).toMatchObject([
    { actor: 'root', action: 'job cancelled by operator', object: { jobId } },
  ]);
});

it('lets operators cancel a batch of any caller', async () => {
  const body = { requests: [{ body: { prompt: 'x' } }] };
  const made = await api.call({ method: 'POST', path: '/batches', body, caller: 'alice' });
  const path = `/queue/cancel-batch/${made.json['batchId']}`;
  expect(await put(path, 'bob')).toMatchObject({ statusCode: 403 });
  expect(await put(path)).toMatchObject({ statusCode: 202 });
  expect(await put('/queue/cancel-batch/nothing')).toMatchObject({ statusCode: 404 });
});
