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

it('lets operators pause and resume a caller, and tells everybody who looks', async () => {
  const before = await api.submit({ caller: 'alice' }, { prompt: 'x' });
  expect(await put('/callers/alice/pause', 'alice')).toMatchObject({ statusCode: 403 });
  const paused = await api.call({
    method: 'PUT',
    path: '/callers/alice/pause',
    caller: 'root',
    body: { reason: 'too much' },
  });
  const pause = { state: 'paused', since: expect.any(String), by: 'root', reason: 'too much' };
  expect(paused).toMatchObject({ statusCode: 200, json: { callerId: 'alice', pause } });
  expect(await put('/callers/alice/pause')).toMatchObject({ statusCode: 200, json: { pause } });
  expect(await put('/callers/me/pause')).toMatchObject({ statusCode: 404 });
  // The API remembers for a moment who is paused.
  api.clock.advance(2_000);
  const during = await api.submit({ caller: 'alice' }, { prompt: 'y' });
  const record = await api.call({ path: `/jobs/${during}`, caller: 'alice' });
  expect(record.json).toMatchObject({ status: 'queued', callerPausedSince: expect.any(String) });
  expect(record.json['warnings']).toEqual([expect.stringContaining('An operator has paused this caller')]);
  expect(record.json).not.toHaveProperty('queuePosition');
  expect((await api.call({ path: `/jobs/${before}`, caller: 'alice' })).json).not.toHaveProperty('estimatedStart');
  expect((await api.call({ path: '/queue/callers', caller: 'root' })).json['callers']).toMatchObject([
    { caller: 'alice', waiting: 2, running: 0, pause },
  ]);
  expect((await api.call({ path: '/queue', caller: 'root' })).json['pausedCallers']).toMatchObject([
    { caller: 'alice', ...pause },
  ]);
  expect((await api.call({ path: '/callers/me', caller: 'alice' })).json).toHaveProperty('pausedSince');
  expect(await put('/callers/alice/resume')).toMatchObject({ statusCode: 200, json: { pause: { state: 'resuming' } } });
  expect(await put('/callers/alice/resume')).toMatchObject({ statusCode: 200 });
  const audit = await api.call({ path: '/audit', caller: 'root' });
  const entries = (audit.json['entries'] as { action: string; outcome: string }[]).map(({ action, outcome }) => [
    action,
    outcome,
  ]);
  expect(entries).toEqual(
    expect.arrayContaining([
      ['caller paused', 'done'],
      ['caller paused', 'unchanged'],
      ['caller resumed', 'done'],
      ['caller resumed', 'unchanged'],
    ]),
  );
});
