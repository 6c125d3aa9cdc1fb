import { expect, it } from 'vitest';
import type { Table } from '#shared/aws/table.ts';
import type { Lane } from '#shared/jobs/lanes/lane.ts';
import { createRoundBlocks, type TakeRound } from '#shared/jobs/lanes/round-blocks.ts';
import { readServedRound, recordServedRound, takeRound } from '#shared/jobs/lanes/rounds.ts';
import { countUnits } from '#test/fixtures/capacity.ts';
import type { TestDynamoDb } from '#test/fixtures/job-table.ts';
import type { ManualClock } from '#test/fixtures/manual-clock.ts';
import { useJobTable } from '#test/fixtures/use-job-table.ts';

let clock: ManualClock;
let table: Table;
let lane: Lane;
let dynamoDb: TestDynamoDb;
useJobTable((fresh) => {
  ({ table, lane, clock, dynamoDb } = fresh);
});

const takeMany = async (take: TakeRound, count: number, caller = 'alice'): Promise<number[]> => {
  const rounds: number[] = [];
  for (let job = 0; job < count; job += 1) rounds.push(await take(lane, caller, 'normal'));
  return rounds;
};

it('gives the rounds that the counter gives, one after the other, for a fraction of its writes', async () => {
  const { own, calls } = countUnits(dynamoDb, table);
  const take = createRoundBlocks(async () => 0);
  const rounds: number[] = [];
  for (let job = 0; job < 200; job += 1) rounds.push(await take({ ...lane, table: own }, 'alice', 'normal'));
  expect(rounds).toEqual(Array.from({ length: 200 }, (_, round) => round));
  expect(calls()).toBeLessThan(50);
});

it('never gives a round twice, and moves a caller on by an eighth of what it has sent at most, however many processes take', async () => {
  const processes = Array.from({ length: 4 }, () => createRoundBlocks(readServedRound));
  const counts = [3, 11, 40, 90];
  const given = (await Promise.all(processes.map((take, index) => takeMany(take, counts[index] ?? 0)))).flat();
  expect(new Set(given).size).toBe(given.length);
  const jobs = counts.reduce((sum, count) => sum + count, 0);
  expect(await takeRound(lane, 'alice', 'normal')).toBeLessThanOrEqual(jobs * 1.125);
});

it('leaves no round unused of a caller that sends a few jobs, or one from time to time', async () => {
  const take = createRoundBlocks(readServedRound);
  expect(await takeMany(take, 5)).toEqual([0, 1, 2, 3, 4]);
  expect(await takeRound(lane, 'alice', 'normal')).toBe(5);
  await takeMany(take, 100);
  clock.advance(10_000);
  const [next = 0] = await takeMany(take, 1);
  expect(await takeRound(lane, 'alice', 'normal')).toBe(next + 1);
});

it('begins with the round that is served once its own are behind it, and with none of another caller, priority or lane', async () => {
  const take = createRoundBlocks(readServedRound);
  await takeMany(take, 40);
  await recordServedRound(lane, { priority: 'normal', round: 300 });
  expect(await takeMany(take, 2)).toEqual([300, 301]);
  expect(await takeMany(take, 1, 'bob')).toEqual([300]);
  expect(await take(lane, 'alice', 'high')).toBe(0);
  expect(await take({ ...lane, name: 'photoshop' }, 'alice', 'normal')).toBe(0);
});
