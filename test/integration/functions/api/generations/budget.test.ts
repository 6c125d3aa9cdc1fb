import { afterEach, describe, expect, it } from 'vitest';
import { putPolicy } from '#shared/callers/policy-store.ts';
import { inTier } from '#test/fixtures/tier.ts';
import { startApi } from '../fixture.ts';

type Api = Awaited<ReturnType<typeof startApi>>;

let api: Api;

const requests = inTier(30, 200);

afterEach(() => api.close());

describe('the budget of a caller', () => {
  it('makes ten jobs of many requests at once, and says when there will be more', async () => {
    api = await startApi();
    const { callers, generate, call } = api;
    await putPolicy(callers, 'alice', { operationsPerDay: 10 });
    const answers = await Promise.all(
      Array.from({ length: requests }, () => generate({ prompt: 'a' }, { caller: 'alice' })),
    );
    const accepted = answers.filter(({ statusCode }) => statusCode === 202);
    const refused = answers.filter(({ statusCode }) => statusCode === 429);
    expect([accepted.length, refused.length]).toEqual([10, requests - 10]);
    const { json } = await call({ method: 'GET', path: '/jobs', query: { limit: '100' }, caller: 'alice' });
    expect(json).toMatchObject({ jobs: { length: 10 } });
    expect(refused[0]?.json).toMatchObject({ error_code: 'policy_refused', rule: 'operationsPerDay' });
    expect(Number(refused[0]?.headers?.['retry-after'])).toBe(12 * 3_600);
  });

  it('counts outputs, refuses what it can never have, and costs nothing twice', async () => {
    api = await startApi();
    const { callers, generate } = api;
    await putPolicy(callers, 'alice', { operationsPerMonth: 5 });
    const post = async (body: object, headers = {}) => generate({ prompt: 'a', ...body }, { caller: 'alice', headers });
    const four = { numVariations: 4 };
    for (let time = 0; time < 3; time += 1) {
      expect((await post(four, { 'idempotency-key': 'k' })).statusCode).toBe(202);
    }
    expect(await post({ numVariations: 2 })).toMatchObject({ statusCode: 429, json: { rule: 'operationsPerMonth' } });
    expect((await post({})).statusCode).toBe(202);
    expect((await post({})).statusCode).toBe(429);
    await putPolicy(callers, 'bob', { operationsPerDay: 3 });
    const tooMuch = await generate({ prompt: 'a', numVariations: 4 }, { caller: 'bob' });
    expect(tooMuch).toMatchObject({ statusCode: 422, json: { rule: 'operationsPerDay' } });
  });

  it('is no matter of a request that another body with its key had reserved for', async () => {
    api = await startApi();
    await putPolicy(api.callers, 'alice', { operationsPerDay: 4 });
    const post = (count: number) =>
      api.generate({ prompt: 'a', numVariations: count }, { caller: 'alice', headers: { 'idempotency-key': 'k' } });
    const answers = await Promise.all([post(1), post(2), post(1), post(2)]);
    expect(answers.filter(({ statusCode }) => statusCode === 202).length).toBeGreaterThanOrEqual(1);
    const jobId = answers.map(({ json }) => json['jobId']).find(Boolean);
    const record = await api.call({ method: 'GET', path: `/jobs/${jobId}`, caller: 'alice' });
    const { estimated } = (record.json as { cost: { estimated: number } }).cost;
    // What is left can be had, and no more.
    const rest = { prompt: 'b', numVariations: 4 - estimated };
    expect((await api.generate(rest, { caller: 'alice' })).statusCode).toBe(202);
    expect((await api.generate({ prompt: 'b' }, { caller: 'alice' })).statusCode).toBe(429);
  });
});
