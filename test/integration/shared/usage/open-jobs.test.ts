import { expect, it } from 'vitest';
import type { Table } from '#shared/aws/table.ts';
import type { Job } from '#shared/jobs/job.ts';
import type { Lane } from '#shared/jobs/lanes/lane.ts';
import { endJob } from '#shared/jobs/transitions.ts';
import { reserveOpenJobs } from '#shared/usage/open-jobs.ts';
import { reserveCost } from '#shared/usage/reserve-cost.ts';
import { settleJob } from '#shared/usage/settlement.ts';
import type { TestDynamoDb } from '#test/fixtures/job-table.ts';
import type { ManualClock } from '#test/fixtures/manual-clock.ts';
import { enqueue, enqueueMany, newJob } from '#test/fixtures/queue.ts';
import { inTier } from '#test/fixtures/tier.ts';
import { useJobTable } from '#test/fixtures/use-job-table.ts';
import { countersOf } from './costs.ts';

let clock: ManualClock;
let table: Table;
let lane: Lane;
let dynamoDb: TestDynamoDb;
useJobTable((fresh) => {
  ({ table, lane, clock, dynamoDb } = fresh);
});

const cost = { estimated: 1_000, outputs: 1 };
const budget = { operationsPerDay: 5, since: '2026-03-01T00:00:00.000Z' };

/** Accepts a job as api does; undefined if the budget refuses it. */
const accept = async (policy: Parameters<typeof reserveCost>[2], to: Table = table): Promise<Job | undefined> => {
  const job = newJob({ cost });
  return (await reserveCost(to, job, policy)) === undefined ? enqueue(lane, job) : undefined;
};
const acceptMany = async (count: number, policy: Parameters<typeof reserveCost>[2]): Promise<(Job | undefined)[]> => {
  const accepted: (Job | undefined)[] = [];
  for (let job = 0; job < count; job += 1) accepted.push(await accept(policy));
  return accepted;
};
const end = async (job: Job | undefined): Promise<void> => {
  const ended = job && (await endJob(table, job, ['queued'], { to: 'cancelled' }));
  if (ended !== undefined) await settleJob(table, ended);
};

it('are not reserved for without a budget, and counted when they end', async () => {
  const jobs = await acceptMany(3, {});
  expect(await countersOf(table)).toMatchObject({ month: 0, open: 0, marks: 0 });
  for (const job of jobs) await end(job);
  expect(await countersOf(table)).toMatchObject({ month: 0, days: 0, jobs: 3, open: 0, marks: 0 });
});

it('count from the first job on under a budget that is set later', async () => {
  const open = await acceptMany(3, {});
  const accepted = await acceptMany(4, budget);
  expect(accepted.map((job) => job !== undefined)).toEqual([true, true, false, false]);
  expect(await countersOf(table)).toMatchObject({ month: 5_000, days: 5_000, open: 5, marks: 0 });
  for (const job of [...open, ...accepted]) await end(job);
  expect(await countersOf(table)).toMatchObject({ month: 0, days: 0, jobs: 5, open: 0, marks: 0 });
});

it('count once, whatever comes at once, and each budget that is set anew looks again', async () => {
  await acceptMany(2, {});
  const accepted = await Promise.all(Array.from({ length: 6 }, () => accept(budget)));
  expect(accepted.filter((job) => job !== undefined)).toHaveLength(3);
  expect(await countersOf(table)).toMatchObject({ month: 5_000, open: 5, marks: 0 });
  await acceptMany(2, {});
  expect(await accept({ operationsPerDay: 8, since: '2026-03-02T00:00:00.000Z' })).toBeDefined();
  expect(await countersOf(table)).toMatchObject({ month: 8_000, open: 8 });
});

it('count though a process that did not know of the budget yet has accepted them', async () => {
  await accept(budget);
  await acceptMany(3, {});
  clock.advance(90_000);
  expect(await accept(budget)).toBeDefined();
  expect(await accept(budget)).toBeUndefined();
});

it('count where a budget is taken away and set again, though nothing tells the two apart', async () => {
  for (let look = 0; look < 2; look += 1) {
    expect(await accept(budget)).toBeDefined();
    clock.advance(90_000);
  }
  await acceptMany(2, {});
  clock.advance(90_000);
  expect((await acceptMany(2, budget)).map((job) => job !== undefined)).toEqual([true, false]);
  expect(await countersOf(table)).toMatchObject({ month: 5_000, open: 5, marks: 0 });
});

it('are reserved a few hundred at a time: each call goes on where the one before has stopped', async () => {
  await enqueueMany(lane, 450, { cost });
  const seen: string[] = [];
  const look = () => reserveOpenJobs(table, 'alice', undefined, async ({ jobId }) => seen.push(jobId));
  const answers = [];
  for (let call = 0; call < 2; call += 1) answers.push([await look(), seen.length]);
  expect(answers).toEqual([
    [false, 400],
    [true, 450],
  ]);
  expect(new Set(seen).size).toBe(450);
  expect(await look()).toBe(true);
  expect(seen).toHaveLength(450);
});

it('are counted by the repetition of a process that died at any of its writes, before or after it', async () => {
  // Of two open jobs and the new one, four each, and of who counts them, and how far.
  const writes = 14;
  for (let nth = 1; nth <= writes; nth += inTier(6, 1)) {
    for (const fate of ['before', 'after'] as const) {
      table = await dynamoDb.table(clock);
      lane = { ...lane, table };
      await acceptMany(2, {});
      const { own, client } = dynamoDb.reconnect(table);
      let written = 0;
      client.middlewareStack.add(
        (next, { commandName }) =>
          async (args) => {
            if (!/^(Update|Put)Item/.test(commandName ?? '')) return next(args);
            written += 1;
            const isLast = written === nth;
            if (isLast && fate === 'before') throw new Error('died');
            const answer = await next(args);
            if (isLast) throw new Error('died');
            return answer;
          },
        { step: 'initialize' },
      );
      const job = newJob({ cost });
      await expect(reserveCost(own, job, budget)).rejects.toThrow('died');
      // Its lease is over.
      clock.advance(10_000);
      expect(await reserveCost(table, job, budget)).toBeUndefined();
      expect(await countersOf(table)).toMatchObject({ month: 3_000, days: 3_000, open: 3 });
    }
  }
});
