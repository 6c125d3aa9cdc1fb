import { afterEach, beforeEach, expect, it } from 'vitest';
import { settleJob } from '#shared/usage/settlement.ts';
import { readJob } from '../../../../fixtures/job-table.ts';
import { startApi } from '../fixture.ts';

let api: Awaited<ReturnType<typeof startApi>>;
beforeEach(async () => {
  api = await startApi();
});
afterEach(() => api.close());

const run = async (caller: string, label: string | undefined, count: number) => {
  const headers: Record<string, string> = label === undefined ? {} : { 'x-label': label };
  const { json } = await api.generate({ prompt: 'a', numVariations: count }, { caller, headers });
  const job = await readJob(api.table, { jobId: String(json['jobId']) });
  await settleJob(api.table, { ...job, state: 'succeeded', requested: count, received: count });
  return job;
};

const get = (caller: string, query: Record<string, string>, path = '/usage', headers = {}) =>
  api.call({ method: 'GET', path, caller, query, headers });

it('tells callers what their own jobs cost, and operators those of everybody', async () => {
  const job = await run('alice', 'campaign=spring, team=brand', 3);
  expect(job.labels).toEqual({ campaign: 'spring', team: 'brand' });
  await run('alice', 'campaign=autumn', 1);
  await run('bob#1', undefined, 2);
  const day = job.createdAt.slice(0, 10);
  expect((await get('alice', {})).json).toMatchObject({
    usage: [{ day, jobs: 2, outputs: 4, cost: 4 }],
    total: { jobs: 2, outputs: 4, cost: 4 },
  });
  expect((await get('alice', { by: 'label' })).json['usage']).toEqual([
    { label: 'campaign=autumn', jobs: 1, outputs: 1, cost: 1 },
    { label: 'campaign=spring', jobs: 1, outputs: 3, cost: 3 },
    { label: 'team=brand', jobs: 1, outputs: 3, cost: 3 },
  ]);
  expect((await get('ops', { by: 'caller,operation' }, '/usage/callers')).json['usage']).toEqual([
    { caller: 'alice', operation: 'images/generate', jobs: 2, outputs: 4, cost: 4 },
    { caller: 'bob#1', operation: 'images/generate', jobs: 1, outputs: 2, cost: 2 },
  ]);
  expect((await get('ops', { caller: 'bob#1' }, '/usage/callers')).json['total']).toMatchObject({ cost: 2 });
  const csv = await get('alice', { by: 'model', format: 'csv' });
  expect(csv.body).toBe('model,jobs,outputs,cost\r\nimage3,2,4,4\r\n');
});

it.each<Record<string, string>>([
  { from: 'yesterday' },
  { from: '2026-01-01', to: '2026-04-03' },
  { from: '2026-01-02', to: '2026-01-01' },
  { by: 'prompt' },
  { format: 'xml' },
])('refuses %o', async (query) => {
  expect((await get('alice', query)).statusCode).toBe(400);
});

it.each(['spring', 'a=b=c', 'a=1,a=2', 'aws:a=1', 'a=<b>', Array.from({ length: 11 }, (_, n) => `k${n}=v`).join()])(
  'refuses the label %s',
  async (label) => {
    const answer = await api.generate({ prompt: 'a' }, { caller: 'alice', headers: { 'x-label': label } });
    expect(answer.statusCode).toBe(400);
  },
);
