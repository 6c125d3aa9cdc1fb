import { afterEach, describe, expect, it } from 'vitest';
import { putPolicy } from '#shared/callers/policy-store.ts';
import { startApi } from '../fixture.ts';

let api: Awaited<ReturnType<typeof startApi>>;

afterEach(() => api.close());

const postBatch = (caller: string, prompt: string) =>
  api.call({
    method: 'POST',
    path: '/batches',
    caller,
    headers: { 'content-type': 'application/x-ndjson' },
    body: JSON.stringify({ body: { prompt } }),
  });

const postWebhook = (caller: string) =>
  api.call({ method: 'POST', path: '/webhooks', caller, body: { url: 'https://hooks.example.com/' } });

const countStatuses = async (posts: Promise<{ statusCode: number }>[]): Promise<number[]> =>
  (await Promise.all(posts)).map(({ statusCode }) => statusCode).sort();

describe('GET /callers/me', () => {
  it("shows the rules in force, the caller's own before those of the stage, and what is used of them", async () => {
    api = await startApi({ callerDefaults: { maxPriority: 'normal', requestsPerDay: 5, openBatches: 3 } });
    await putPolicy(api.callers, 'alice', { requestsPerDay: 7, queuedJobs: 2, webhooks: 1 });
    await api.generate({ prompt: 'a' }, { caller: 'alice' });
    await postBatch('alice', 'a');
    await postWebhook('alice');
    expect((await api.call({ path: '/callers/me', caller: 'alice' })).json).toEqual({
      caller: 'alice',
      operator: true,
      policy: { maxPriority: 'normal', requestsPerDay: 7, queuedJobs: 2, openBatches: 3, webhooks: 1 },
      counts: {
        requestsPerDay: { limit: 7, used: 1, resetsAt: '2026-03-02T00:00:00.000Z' },
        queuedJobs: { limit: 2, used: 1 },
        openBatches: { limit: 3, used: 1 },
        webhooks: { limit: 1, used: 1 },
      },
    });
    expect((await api.call({ path: '/callers/me', caller: 'bob' })).json).toMatchObject({
      caller: 'bob',
      counts: { requestsPerDay: { limit: 5, used: 0 }, openBatches: { limit: 3, used: 0 } },
    });
  });
});

describe('the budget in GET /callers/me', () => {
  it('shows what of it is used and when it begins anew', async () => {
    api = await startApi({ callerDefaults: { operationsPerDay: 5, operationsPerMonth: 20 } });
    await api.generate({ prompt: 'a', numVariations: 2 }, { caller: 'alice' });
    expect((await api.call({ path: '/callers/me', caller: 'alice' })).json['counts']).toMatchObject({
      operationsPerDay: { limit: 5, used: 2, resetsAt: '2026-03-02T00:00:00.000Z' },
      operationsPerMonth: { limit: 20, used: 2, resetsAt: '2026-04-01T00:00:00.000Z' },
    });
  });
});

describe('limits of batches and webhooks', () => {
  it('lets two of eight batches be under way that are posted at once', async () => {
    api = await startApi({ callerDefaults: { openBatches: 2 } });
    const posts = Array.from({ length: 8 }, (_, index) => postBatch('alice', `cat ${index}`));
    expect(await countStatuses(posts)).toEqual([202, 202, 429, 429, 429, 429, 429, 429]);
    expect(await postBatch('alice', 'one more')).toMatchObject({
      statusCode: 429,
      headers: { 'retry-after': '10' },
      json: { error_code: 'policy_refused', rule: 'openBatches' },
    });
  });

  it('lets three of eight webhooks be made that are posted at once', async () => {
    api = await startApi({ callerDefaults: { webhooks: 3 } });
    const posts = Array.from({ length: 8 }, () => postWebhook('alice'));
    expect(await countStatuses(posts)).toEqual([201, 201, 201, 409, 409, 409, 409, 409]);
    expect(await postWebhook('alice')).toMatchObject({ json: { error_code: 'too_many_webhooks', rule: 'webhooks' } });
  });
});
