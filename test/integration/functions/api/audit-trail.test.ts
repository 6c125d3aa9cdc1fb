import { afterEach, beforeEach, expect, it } from 'vitest';
import { startApi, success, type TestApi } from './fixture.ts';
import type { TestRequest } from './http-event.ts';

let api: TestApi;
beforeEach(async () => {
  api = await startApi({ settings: { operators: ['root'] } });
});
afterEach(() => api.close());

const operator = (request: TestRequest) => api.call({ caller: 'root', ...request });

const list = async (query: Record<string, string> = {}) => {
  const { statusCode, json } = await operator({ path: '/audit', query });
  expect(statusCode).toBe(200);
  return json as { entries: Record<string, unknown>[]; cursor?: string };
};

it('shows operators, and nobody else, who changed what, without a prompt, a secret or a URL', async () => {
  const as = { caller: 'alice' };
  const jobId = await api.submit(as, { prompt: 'a secret campaign' });
  await api.end(jobId, success(jobId));
  await api.call({ method: 'DELETE', path: `/jobs/${jobId}`, ...as });
  const url = 'https://example.com/a-hidden-hook';
  const { json: webhook } = await api.call({ method: 'POST', path: '/webhooks', body: { url }, ...as });
  await operator({ method: 'PUT', path: '/queue/pause' });
  await operator({ method: 'PUT', path: '/queue/pause' });
  await operator({ method: 'PUT', path: '/queue/resume' });
  expect((await api.call({ path: '/audit', ...as })).statusCode).toBe(403);

  const { entries } = await list();
  expect(entries.map(({ actor, action, outcome }) => `${actor}: ${action} ${outcome}`).sort()).toEqual([
    'alice: job erased done',
    'alice: webhook made done',
    'root: queue paused begun',
    'root: queue paused begun',
    'root: queue paused done',
    'root: queue paused unchanged',
    'root: queue resumed begun',
    'root: queue resumed done',
  ]);
  expect(entries.find(({ action }) => action === 'job erased')).toMatchObject({
    object: { jobId },
    requestId: 'request-1',
  });
  const written = JSON.stringify(entries);
  for (const hidden of ['campaign', 'hidden', String(webhook['secret'])]) expect(written).not.toContain(hidden);
  expect((await list({ actor: 'alice', action: 'webhook made' })).entries).toHaveLength(1);
});

it('is read in pages, whose cursors are good for the same search only', async () => {
  for (let time = 0; time < 5; time += 1) {
    await operator({ method: 'PUT', path: '/queue/pause' });
    api.clock.advance(3_600_000);
  }
  const first = await list({ limit: '6', actor: 'root' });
  expect(first.entries).toHaveLength(6);
  const cursor = String(first.cursor);
  const second = await list({ limit: '6', actor: 'root', cursor });
  expect(second.entries).toHaveLength(4);
  expect(new Set([...first.entries, ...second.entries].map(({ entryId }) => entryId)).size).toBe(10);
  expect((await operator({ path: '/audit', query: { actor: 'bob', cursor } })).statusCode).toBe(400);
});

it.each<Record<string, string>>([
  { from: 'yesterday' },
  { to: '2026-13-01' },
  { from: '2026-03-02', to: '2026-03-01' },
  { action: 'made up' },
  { limit: '0' },
])('refuses %o', async (query) => {
  expect((await operator({ path: '/audit', query })).statusCode).toBe(400);
});

it('pauses the queue without the trail, and resumes it only with it', async () => {
  const { audit } = api.context;
  audit.table.tableName = 'gone';
  const pause = await operator({ method: 'PUT', path: '/queue/pause' });
  expect(pause.statusCode).toBe(200);
  const resume = await operator({ method: 'PUT', path: '/queue/resume' });
  expect(resume).toMatchObject({ statusCode: 503, json: { error_code: 'audit_unavailable' } });
  audit.table.tableName = 'audit';
  const { json } = await operator({ path: '/queue' });
  expect(json).toMatchObject({ lanes: [{ pauses: [{ by: 'root' }] }] });
});
