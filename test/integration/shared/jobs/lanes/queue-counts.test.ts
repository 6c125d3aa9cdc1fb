import { describe, expect, it } from 'vitest';
import type { Table } from '#shared/aws/table.ts';
import type { Lane } from '#shared/jobs/lanes/lane.ts';
import { countTurnsAhead, createKeptCounts, queueDepth, turnsUntilLast } from '#shared/jobs/lanes/queue-counts.ts';
import { takeTurnNumbers } from '#shared/jobs/lanes/rounds.ts';
import { countUnits } from '#test/fixtures/capacity.ts';
import { putItems, type TestDynamoDb } from '#test/fixtures/job-table.ts';
import type { ManualClock } from '#test/fixtures/manual-clock.ts';
import { enqueue } from '#test/fixtures/queue.ts';
import { useJobTable } from '#test/fixtures/use-job-table.ts';

let clock: ManualClock;
let table: Table;
let lane: Lane;
let dynamoDb: TestDynamoDb;
useJobTable((fresh) => {
  ({ table, lane, clock, dynamoDb } = fresh);
});

const rankOf = (index: number): string => `normal#${String(index).padStart(12, '0')}#x`;

const putWaiting = (jobs: number): Promise<void> =>
  putItems(
    table,
    Array.from({ length: jobs }, (_, index) => ({
      pk: `job#${index}`,
      sk: 'job',
      queueState: 'queued#firefly',
      queueOrder: rankOf(index),
    })),
  );

describe('position and depth', () => {
  it('count what is served before a job: higher priorities and earlier ranks', async () => {
    const normal = [await enqueue(lane), await enqueue(lane), await enqueue(lane)];
    const low = await enqueue(lane, { priority: 'low' });
    const high = [await enqueue(lane, { priority: 'high' }), await enqueue(lane, { priority: 'high' })];
    const positions = await Promise.all([...high, ...normal, low].map((job) => countTurnsAhead(lane, job)));
    expect(positions).toEqual([0, 1, 2, 3, 4, 5]);
    expect(await queueDepth(lane)).toBe(6);
  });

  it('follow the turns that go to lower priorities while higher ones wait', async () => {
    for (let job = 0; job < 20; job += 1) await enqueue(lane, { priority: 'high' });
    const [normal, low] = [await enqueue(lane), await enqueue(lane, { priority: 'low' })];
    const lastHigh = await enqueue(lane, { priority: 'high' });
    // The 4th turn is normal's, the 9th low's.
    expect(await Promise.all([normal, low, lastHigh].map((job) => countTurnsAhead(lane, job)))).toEqual([3, 8, 22]);
    await takeTurnNumbers(lane, 5);
    expect(await countTurnsAhead(lane, low)).toBe(3);
  });

  it('of many jobs at once let the others have their turns in between', async () => {
    expect(await turnsUntilLast(lane, 'low', 100)).toBe(99);
    for (let job = 0; job < 20; job += 1) await enqueue(lane);
    // While 20 others wait, every tenth turn is a low one: the 9th and the 19th; after the 22nd all are.
    expect(await turnsUntilLast(lane, 'low', 2)).toBe(18);
    expect(await turnsUntilLast(lane, 'low', 100)).toBe(119);
    expect(await turnsUntilLast(lane, 'high', 9)).toBe(9);
  });

  it('tell jobs apart whose ids differ in the last character only', async () => {
    const stem = '0199a0e4-7c1f-7000-8000-00000000000';
    const jobs = [];
    for (const [index, end] of [...'0129abef'].entries()) {
      jobs.push(await enqueue(lane, { jobId: stem + end, caller: `caller-${index}` }));
    }
    expect(new Set(jobs.map(({ round }) => round))).toEqual(new Set([0]));
    expect(await Promise.all(jobs.map((job) => countTurnsAhead(lane, job)))).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('are counted across the pages of 1 MB into which DynamoDB cuts big jobs', async () => {
    const request = JSON.stringify({ prompt: 'x'.repeat(90_000) });
    for (let job = 0; job < 30; job += 1) await enqueue(lane, { request });
    const last = await enqueue(lane);
    expect(await countTurnsAhead(lane, last)).toBe(30);
    expect(await queueDepth(lane)).toBe(31);
  });

  it('are counted up to 1,000', async () => {
    await putWaiting(1_001);
    expect(await queueDepth(lane)).toBe(1_000);
    expect(await countTurnsAhead(lane, { priority: 'normal', rank: 'normal#999999999999#x' })).toBe(1_000);
  });
});

describe('counts that are kept for some seconds', () => {
  const positionOf = (index: number, count: ReturnType<typeof createKeptCounts>) =>
    countTurnsAhead(lane, { priority: 'normal', rank: rankOf(index) }, { count, turns: 0 });

  it('are what counting from the head comes to, whatever job is asked for first', async () => {
    await putWaiting(40);
    for (const step of [1, 7, 39]) {
      const count = createKeptCounts(clock);
      for (let asked = 0; asked < 40; asked += 1) {
        const index = (asked * step) % 40;
        expect(await positionOf(index, count)).toBe(index);
      }
    }
  });

  it('read the queue once for all jobs, and those beyond the limit not at all', async () => {
    await putWaiting(1_200);
    const { own, units, calls } = countUnits(dynamoDb, table);
    const count = createKeptCounts(clock);
    const ask = (index: number) =>
      countTurnsAhead({ ...lane, table: own }, { priority: 'normal', rank: rankOf(index) }, { count, turns: 0 });
    expect(await ask(1_150)).toBe(1_000);
    const [once, asked] = [units(), calls()];
    for (const index of [1_000, 1_199, 1_050]) expect(await ask(index)).toBe(1_000);
    expect([units(), calls()]).toEqual([once, asked]);
    const fresh = createKeptCounts(clock);
    const before = units();
    for (let index = 0; index < 1_200; index += 50) {
      const turns = await countTurnsAhead(
        { ...lane, table: own },
        { priority: 'normal', rank: rankOf(index) },
        { count: fresh, turns: 0 },
      );
      expect(turns).toBe(Math.min(1_000, index));
    }
    expect(units() - before).toBeLessThan(2 * once);
  });

  it('are forgotten after five seconds', async () => {
    await putWaiting(3);
    const count = createKeptCounts(clock);
    expect(await positionOf(50, count)).toBe(3);
    await putWaiting(5);
    clock.advance(4_999);
    expect(await positionOf(50, count)).toBe(3);
    clock.advance(1);
    expect(await positionOf(50, count)).toBe(5);
  });
});
