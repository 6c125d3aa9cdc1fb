import { describe, expect, it } from 'vitest';
import type { Table } from '#shared/aws/table.ts';
import type { Job } from '#shared/jobs/job.ts';
import type { Lane, LaneQueue } from '#shared/jobs/lanes/lane.ts';
import { overdueJobs, queuedJobs } from '#shared/jobs/lanes/queue.ts';
import { recordServedRound, takeRound, takeRounds, takeTurnNumbers } from '#shared/jobs/lanes/rounds.ts';
import { transition } from '#shared/jobs/transitions.ts';
import type { Priority } from '#shared/priority.ts';
import type { ManualClock } from '#test/fixtures/manual-clock.ts';
import { enqueue } from '#test/fixtures/queue.ts';
import { useJobTable } from '#test/fixtures/use-job-table.ts';

let clock: ManualClock;
let table: Table;
let lane: Lane;
useJobTable((fresh) => {
  ({ table, lane, clock } = fresh);
});

const ids = (jobs: Job[]): string[] => jobs.map(({ jobId }) => jobId);

describe('takeRound', () => {
  it('gives a caller one round after the other', async () => {
    expect([await takeRound(lane, 'a', 'normal'), await takeRound(lane, 'a', 'normal')]).toEqual([0, 1]);
    expect(await takeRound(lane, 'b', 'normal')).toBe(0);
    expect(await takeRound(lane, 'a', 'high')).toBe(0);
  });

  it('gives each of many concurrent requests of one caller a round of its own', async () => {
    const rounds = await Promise.all(Array.from({ length: 20 }, () => takeRound(lane, 'a', 'normal')));
    expect(rounds.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index));
  });

  it('starts a caller at the round that is being served, not behind it and not at the end', async () => {
    for (let job = 0; job < 30; job += 1) await takeRound(lane, 'many', 'normal');
    await recordServedRound(lane, { priority: 'normal', round: 12 });
    expect(await takeRound(lane, 'single', 'normal')).toBe(12);
    expect(await takeRound(lane, 'single', 'normal')).toBe(13);
    expect(await takeRound(lane, 'many', 'normal')).toBe(30);
    expect(await takeRound(lane, 'single', 'low')).toBe(0);
  });

  it('gives concurrent requests of a caller who comes back rounds of their own as well', async () => {
    await takeRound(lane, 'a', 'normal');
    await recordServedRound(lane, { priority: 'normal', round: 100 });
    const rounds = await Promise.all(Array.from({ length: 10 }, () => takeRound(lane, 'a', 'normal')));
    expect(rounds.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 10 }, (_, index) => 100 + index));
  });

  it('gives many jobs of one caller their rounds in one write, none of them twice', async () => {
    const firsts = await Promise.all([takeRounds(lane, 'a', 'low', 250), takeRounds(lane, 'a', 'low', 250)]);
    expect(firsts.toSorted((a, b) => a - b)).toEqual([0, 250]);
    expect(await takeRound(lane, 'a', 'low')).toBe(500);
    await recordServedRound(lane, { priority: 'low', round: 1000 });
    expect(await takeRounds(lane, 'a', 'low', 10)).toBe(1000);
    expect(await takeRound(lane, 'a', 'low')).toBe(1010);
  });

  it('never goes back when an older round is served late', async () => {
    await recordServedRound(lane, { priority: 'normal', round: 9 });
    await recordServedRound(lane, { priority: 'normal', round: 3 });
    expect(await takeRound(lane, 'a', 'normal')).toBe(9);
  });
});

const takeHeads = async (queue: LaneQueue, priority: Priority, limit: number): Promise<Job[]> => {
  const heads: Job[] = [];
  for await (const jobs of queuedJobs(queue, priority, limit)) if (heads.push(...jobs) >= limit) break;
  return heads.slice(0, limit);
};

describe('the head of the queue', () => {
  it('alternates between callers, whoever came first with however many', async () => {
    const many: Job[] = [];
    for (let job = 0; job < 5; job += 1) many.push(await enqueue(lane, { caller: 'many' }));
    const single = await enqueue(lane, { caller: 'single' });
    const order = ids(await takeHeads(lane, 'normal', 10));
    expect(order.indexOf(single.jobId)).toBeLessThanOrEqual(1);
    expect(order.filter((id) => id !== single.jobId)).toEqual(ids(many));
  });

  it('holds one priority and only what waits', async () => {
    const [high, normal, scheduled] = [
      await enqueue(lane, { priority: 'high' }),
      await enqueue(lane),
      await enqueue(lane),
    ];
    await transition(table, scheduled, {
      from: ['queued'],
      to: 'scheduled',
      order: new Date(clock.now()).toISOString(),
    });
    expect(ids(await takeHeads(lane, 'high', 10))).toEqual([high.jobId]);
    expect(ids(await takeHeads(lane, 'normal', 10))).toEqual([normal.jobId]);
    expect(ids(await takeHeads(lane, 'low', 10))).toEqual([]);
  });

  it('keeps its order beyond any power of ten', async () => {
    await recordServedRound(lane, { priority: 'normal', round: 9 });
    const [nine, ten] = [await enqueue(lane), await enqueue(lane)];
    expect([nine.round, ten.round]).toEqual([9, 10]);
    expect(ids(await takeHeads(lane, 'normal', 2))).toEqual([nine.jobId, ten.jobId]);
  });
});

it('numbers turns without gaps and doubles, however many dispatchers ask at once', async () => {
  const firsts = await Promise.all(
    [1, 2, 3, 4].map(async (count) => ({ count, first: await takeTurnNumbers(lane, count) })),
  );
  const numbers = firsts.flatMap(({ count, first }) => Array.from({ length: count }, (_, index) => first + index));
  expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 10 }, (_, index) => index + 1));
});

it('finds what is overdue in each part of the index, earliest first', async () => {
  const order = (inMs: number) => new Date(clock.now() + inMs).toISOString();
  const [late, later, future, active] = [
    await enqueue(lane),
    await enqueue(lane),
    await enqueue(lane),
    await enqueue(lane),
  ];
  await transition(table, later, { from: ['queued'], to: 'scheduled', order: order(-1_000) });
  await transition(table, late, { from: ['queued'], to: 'scheduled', order: order(-2_000) });
  await transition(table, future, { from: ['queued'], to: 'scheduled', order: order(1) });
  await transition(table, active, { from: ['queued'], to: 'submitting', order: order(-1) });
  const overdue = async (part: 'scheduled' | 'active', pageSize: number) => {
    const pages: string[][] = [];
    for await (const page of overdueJobs(table, part, clock.now(), pageSize)) pages.push(ids(page));
    return pages;
  };
  expect(await overdue('scheduled', 10)).toEqual([[late.jobId, later.jobId]]);
  expect((await overdue('scheduled', 1)).flat()).toEqual([late.jobId, later.jobId]);
  expect((await overdue('active', 10)).flat()).toEqual([active.jobId]);
});
