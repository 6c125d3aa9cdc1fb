import { describe, expect, it } from 'vitest';
import type { Table } from '#shared/aws/table.ts';
import { jobKey } from '#shared/jobs/job-store.ts';
import { getReservation, moveReservation } from '#shared/usage/reservation.ts';
import { reserveAmount as reserve } from '#shared/usage/reserve-cost.ts';
import { releaseReservation, settleJob } from '#shared/usage/settlement.ts';
import { inTier } from '#test/fixtures/tier.ts';
import { putItems, type TestDynamoDb } from '../../../fixtures/job-table.ts';
import type { ManualClock } from '../../../fixtures/manual-clock.ts';
import { CrashError } from '../../../fixtures/unreliable-dynamodb.ts';
import { useJobTable } from '../../../fixtures/use-job-table.ts';
import { countersOf, crashAt, endedJob, sumOf } from './costs.ts';

let table: Table;
let clock: ManualClock;
let dynamoDb: TestDynamoDb;
useJobTable((fresh) => ({ table, clock, dynamoDb } = fresh));

describe('a budget', () => {
  it('holds against many requests at once', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: inTier(30, 200) }, (_, index) =>
        reserve(table, endedJob(`job-${index}`), 1_000, { operationsPerDay: 10 }),
      ),
    );
    expect(outcomes.filter(({ kind }) => kind === 'reserved')).toHaveLength(10);
    expect(await countersOf(table)).toMatchObject({ month: 10_000, days: 10_000, marks: 0, open: 10 });
  });

  it('counts a request once that comes twenty times at once', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => reserve(table, endedJob('job'), 1_000, { operationsPerDay: 1 })),
    );
    expect(outcomes.every(({ kind }) => kind === 'reserved')).toBe(true);
    expect(await countersOf(table)).toMatchObject({ month: 1_000, days: 1_000, open: 1 });
  });

  it('counts a request anew whose job is no more, and whose reservation the table still holds', async () => {
    const job = endedJob('again');
    expect(await reserve(table, job, 1_000, {})).toMatchObject({ kind: 'reserved' });
    await settleJob(table, job);
    // Its record has been erased; the reservation is there for 30 days, and longer where DynamoDB deletes late.
    expect(await reserve(table, job, 1_000, {})).toMatchObject({ kind: 'reserved' });
    await settleJob(table, job);
    clock.advance(31 * 86_400_000);
    expect(await reserve(table, job, 1_000, { operationsPerDay: 1 })).toMatchObject({ kind: 'reserved' });
    expect(await reserve(table, endedJob('more'), 1_000, { operationsPerDay: 1 })).toMatchObject({ kind: 'refused' });
    await settleJob(table, job);
  });

  it('counts a request anew whose reservation is being given back at this moment', async () => {
    const job = endedJob('returned');
    const budget = { operationsPerDay: 1 };
    await reserve(table, job, 1_000, budget);
    // A process that gives it back, and breaks off before it has.
    const known = await getReservation(table, job);
    if (known === undefined) throw new Error('Nothing is reserved.');
    await moveReservation(table, known, { ...known, state: 'settling', token: 'broken', earlier: [] });
    expect(await reserve(table, job, 1_000, budget)).toMatchObject({ kind: 'reserved' });
    expect(await countersOf(table)).toMatchObject({ month: 1_000, days: 1_000, open: 1 });
    expect(await getReservation(table, job)).toMatchObject({ state: 'reserved' });
  });

  it('gets back what a job did not use though its usage fits into no key', async () => {
    const job = { ...endedJob('long'), operation: 'x'.repeat(1_100) };
    await reserve(table, job, 5_000, {});
    await settleJob(table, job);
    expect(await getReservation(table, job)).toMatchObject({ state: 'settled' });
  });

  it('says when it is possible again, and which rule holds longest', async () => {
    clock.advance(Date.parse('2026-12-31T23:00:00.000Z') - clock.now());
    const budget = { operationsPerDay: 1, operationsPerMonth: 2 };
    const ask = (id: string, amount = 1_000) => reserve(table, endedJob(id), amount, budget);
    expect(await ask('a')).toMatchObject({ kind: 'reserved' });
    const tomorrow = Date.parse('2027-01-01T00:00:00.000Z');
    expect(await ask('b')).toEqual({ kind: 'refused', rule: 'operationsPerDay', limit: 1, retryAt: tomorrow });
    clock.advance(3_600_000);
    expect(await ask('b')).toMatchObject({ kind: 'reserved' });
    clock.advance(86_400_000);
    expect(await ask('c')).toMatchObject({ kind: 'reserved' });
    clock.advance(86_400_000);
    const february = Date.parse('2027-02-01T00:00:00.000Z');
    expect(await ask('d')).toEqual({ kind: 'refused', rule: 'operationsPerMonth', limit: 2, retryAt: february });
    // Nothing of the kind is ever possible.
    expect(await ask('e', 1_001)).toEqual({ kind: 'refused', rule: 'operationsPerDay', limit: 1 });
  });

  it('gets back what a job did not cost', async () => {
    const jobs = [
      endedJob('whole'),
      endedJob('partly', 'partially_succeeded', { requested: 3, received: 1 }),
      endedJob('failed', 'failed', { error: { code: 'execution_lost', message: '' } }),
      endedJob('unknown', 'failed', { error: { code: 'submit_outcome_unknown', message: '' } }),
      endedJob('labelled', 'succeeded', { labels: { campaign: 'spring' } }),
    ];
    for (const job of jobs) await reserve(table, job, 999, { operationsPerDay: 10 });
    await reserve(table, endedJob('never made'), 999, {});
    expect(await countersOf(table)).toMatchObject({ month: 5_994, cost: 0 });
    for (const job of jobs) await settleJob(table, job);
    for (const job of jobs) await settleJob(table, job);
    await releaseReservation(table, endedJob('never made'));
    expect(await countersOf(table)).toEqual({ ...sumOf(jobs), labelled: 999, marks: 0, open: 0 });
  });

  it('counts a job as well for which nothing was reserved', async () => {
    await settleJob(table, endedJob('job'));
    expect(await countersOf(table)).toMatchObject({ ...sumOf([endedJob('job')]), open: 0 });
  });
});

it('is exact wherever a process dies, and however many go on at once', async () => {
  const points = [
    undefined,
    ...[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10].flatMap((index) =>
      (['before', 'after'] as const).map((fate) => ({ index, fate })),
    ),
  ];
  const jobs = points.map((_, index) =>
    endedJob(`job-${index}`, index % 2 === 0 ? 'succeeded' : 'failed', {
      ...(index % 2 === 0 ? {} : { requested: 3, received: 2 }),
      labels: { campaign: 'spring' },
    }),
  );
  // Their records: without one, a settled reservation is that of an earlier job.
  await putItems(
    table,
    jobs.map(({ jobId }) => jobKey(jobId)),
  );
  let crashes = 0;
  await Promise.all(
    jobs.map(async (job, index) => {
      const { own, client } = dynamoDb.reconnect(table);
      crashAt(client, points[index]);
      const live = async (through: Table) => {
        const { kind } = await reserve(through, job, 999, { operationsPerDay: 1_000, operationsPerMonth: 1_000 });
        expect(kind).toBe('reserved');
        await settleJob(through, job);
      };
      await live(own).catch((error: unknown) => {
        if (!(error instanceof CrashError)) throw error;
        crashes += 1;
      });
      await Promise.all([live(table), live(table)]);
      await live(table);
    }),
  );
  expect(crashes).toBeGreaterThanOrEqual(18);
  const cost = sumOf(jobs);
  expect(await countersOf(table)).toMatchObject({ ...cost, labelled: cost.cost, open: 0 });
});

it('is exact if the process that was taken over goes on', async () => {
  const job = endedJob('job');
  const { own, client } = dynamoDb.reconnect(table);
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let updates = 0;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const isUpdate = (context as { commandName?: string }).commandName === 'UpdateItemCommand';
      if (isUpdate) updates += 1;
      // The reservation is written, and the amount is about to be counted.
      if (isUpdate && updates === 2) await held;
      return next(args);
    },
    { step: 'deserialize', name: 'hold', priority: 'high' },
  );
  const late = reserve(own, job, 999, { operationsPerDay: 1 });
  while (updates < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(await reserve(table, job, 999, { operationsPerDay: 1 })).toMatchObject({ kind: 'reserved' });
  release();
  expect(await late).toEqual({ kind: 'reserved' });
  expect(await countersOf(table)).toMatchObject({ month: 999, open: 1 });
});
