import { describe, expect, it } from 'vitest';
import { ProblemError } from '#functions/api/http/problem.ts';
import { createRequestRate } from '#functions/api/http/request-rate.ts';
import type { Table } from '#shared/aws/table.ts';
import { allItems } from '#test/fixtures/job-table.ts';
import type { ManualClock } from '#test/fixtures/manual-clock.ts';
import { inTier } from '#test/fixtures/tier.ts';
import { useJobTable } from '#test/fixtures/use-job-table.ts';
import { startApi } from './fixture.ts';

let table: Table;
let clock: ManualClock;
useJobTable((fresh) => {
  ({ table, clock } = fresh);
});

/** How many of so many requests, spread evenly over a time, pass; each process takes its turn. */
const send = async (processes: ((caller: string) => Promise<void>)[], requests: number, overMs: number) => {
  let passed = 0;
  for (let sent = 0; sent < requests; sent += 1) {
    clock.advance(overMs / requests);
    try {
      await processes[sent % processes.length]?.('flooder');
      passed += 1;
    } catch (error) {
      if (!(error instanceof ProblemError) || error.code !== 'too_many_requests') throw error;
    }
  }
  return passed;
};

describe('the limit of requests of a caller', () => {
  it('costs no look into the table for a caller far below it', async () => {
    const admit = createRequestRate(table, 20);
    expect(await send([admit], 60, 60_000)).toBe(60);
    expect(await allItems(table)).toEqual([]);
  });

  it.each<[perSecond: number, processes: number]>([
    [20, 1],
    [20, 4],
    [3, 2],
    ...inTier<[number, number][]>([], [[200, 3]]),
  ])('of %i a second holds for all of %i processes together', async (perSecond, count) => {
    const processes = Array.from({ length: count }, () => createRequestRate(table, perSecond));
    const seconds = inTier(4, 10);
    const passed = await send(processes, perSecond * seconds * 10, seconds * 1_000);
    // What each process lets pass by itself comes on top, and the bucket is full at the beginning.
    expect(passed).toBeLessThanOrEqual(perSecond * (seconds + 2.5) + count * (seconds + 5));
    expect(passed).toBeGreaterThanOrEqual(perSecond * seconds * 0.9);
  });

  it('refuses a flood without asking the table, says when to come back, and leaves other callers alone', async () => {
    let calls = 0;
    const client = table.dynamoDb;
    const counted = Object.create(client, {
      send: {
        value: (...command: Parameters<typeof client.send>) => {
          calls += 1;
          return client.send(...command);
        },
      },
    });
    const admit = createRequestRate({ ...table, dynamoDb: counted }, 20);
    await send([admit], 5_000, 1_000);
    expect(calls).toBeLessThan(60);
    const refused = admit('flooder');
    await expect(refused).rejects.toMatchObject({ status: 429, details: { headers: { 'retry-after': '1' } } });
    await admit('another');
    clock.advance(3_000);
    await admit('flooder');
  });

  it('lets no request wait for long where the table is slow: what it gives no token for in time is refused', async () => {
    const client = table.dynamoDb;
    const slow = Object.create(client, {
      send: {
        value: async (...command: Parameters<typeof client.send>) => {
          clock.advance(100);
          return client.send(...command);
        },
      },
    });
    const admit = createRequestRate({ ...table, dynamoDb: slow }, 20);
    const start = clock.now();
    const results = await Promise.allSettled(Array.from({ length: 300 }, () => admit('flooder')));
    expect(clock.now() - start).toBeLessThan(2_000);
    expect(results.filter(({ status }) => status === 'fulfilled').length).toBeLessThan(60);
  });

  it('stands before every route, and not before open ones', async () => {
    const api = await startApi({ settings: { callerRequestsPerSecond: 1 } });
    try {
      const get = (path: string, caller?: string) => api.call({ path, caller });
      let last = await get('/jobs');
      for (let sent = 0; sent < 20; sent += 1) last = await get('/jobs');
      expect({ status: last.statusCode, ...last.json }).toMatchObject({ status: 429, error_code: 'too_many_requests' });
      expect(last.headers['retry-after']).toBe('1');
      expect((await get('/openapi.json')).statusCode).toBe(200);
      expect((await get('/jobs', 'bob')).statusCode).toBe(200);
    } finally {
      await api.close();
    }
  });
});
