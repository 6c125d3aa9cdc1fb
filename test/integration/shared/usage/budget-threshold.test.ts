import { beforeEach, expect, it } from 'vitest';
import { recoverCosts } from '#functions/dispatch/recover-costs.ts';
import { recoverEnds } from '#functions/dispatch/recover-ends.ts';
import type { Table } from '#shared/aws/table.ts';
import { budgetThresholdReached } from '#shared/events/budget-threshold-reached.ts';
import type { Budget } from '#shared/usage/budget-items.ts';
import { reserveAmount as reserve } from '#shared/usage/reserve-cost.ts';
import { settleJob } from '#shared/usage/settlement.ts';
import { inTier } from '#test/fixtures/tier.ts';
import { type BusEntry, createEventBus } from '../../../fixtures/event-bus.ts';
import type { TestDynamoDb } from '../../../fixtures/job-table.ts';
import type { ManualClock } from '../../../fixtures/manual-clock.ts';
import { type Observed, observe } from '../../../fixtures/observed.ts';
import { CrashError } from '../../../fixtures/unreliable-dynamodb.ts';
import { useJobTable } from '../../../fixtures/use-job-table.ts';
import { crashAt, endedJob } from './costs.ts';

let table: Table;
let clock: ManualClock;
let dynamoDb: TestDynamoDb;
useJobTable((fresh) => ({ table, clock, dynamoDb } = fresh));

let observed: Observed;
let entries: BusEntry[];
let bus: ReturnType<typeof createEventBus>['bus'];
beforeEach(() => {
  observed = observe();
  ({ bus, entries } = createEventBus());
});

const ask = (id: string, budget: Budget, amount = 1_000, on = table) => reserve(on, endedJob(id), amount, budget);

const dispatch = () => recoverEnds({ table, bus, ...observed }, 'thresholds');

/** What was announced, as `day 80 8/10`. */
const announced = () =>
  entries.map(({ detail }) => {
    const { period, percent, used, limit } = budgetThresholdReached().parse(detail);
    return `${period} ${percent} ${used}/${limit}`;
  });

it('announces 80 and 100 percent once each, by day and by month', async () => {
  const budget = { operationsPerDay: 10, operationsPerMonth: 20 };
  for (let index = 1; index <= 7; index += 1) await ask(`a${index}`, budget);
  await dispatch();
  expect(announced()).toEqual([]);
  for (let index = 8; index <= 12; index += 1) await ask(`a${index}`, budget);
  await dispatch();
  await dispatch();
  expect(announced().sort()).toEqual(['day 100 10/10', 'day 80 8/10']);
  // What failed is given back, and reserved again: the threshold was passed before.
  await settleJob(table, endedJob('a1', 'failed'));
  await ask('again', budget);
  clock.advance(86_400_000);
  for (let index = 1; index <= 10; index += 1) await ask(`b${index}`, budget);
  await dispatch();
  expect(announced().slice(2).sort()).toEqual(['day 100 10/10', 'day 80 8/10', 'month 100 20/20', 'month 80 16/20']);
  expect(observed.metrics.filter((name) => name === 'BudgetExceeded')).toHaveLength(3);
});

it('announces both where one request passes both, and nothing without a budget', async () => {
  await ask('without', {}, 5_000);
  await ask('all', { operationsPerMonth: 10 }, 5_000);
  await dispatch();
  expect(announced().sort()).toEqual(['month 100 10/10', 'month 80 10/10']);
  expect(entries[0]).toMatchObject({
    type: 'Budget Threshold Reached',
    detail: { caller: 'account/team #1', periodStart: '2026-01-01', gateway: bus.stackName },
  });
});

it('announces once what many requests pass at once', async () => {
  await Promise.all(
    Array.from({ length: inTier(30, 200) }, (_, index) => ask(`job-${index}`, { operationsPerDay: 10 })),
  );
  await dispatch();
  expect(
    announced()
      .map((line) => line.slice(0, 7))
      .sort(),
  ).toEqual(['day 100', 'day 80 ']);
});

it('is announced wherever the request that passed it died', async () => {
  for (const index of inTier([0, 3, 7], [0, 1, 2, 3, 4, 5, 6, 7])) {
    for (const fate of ['before', 'after'] as const) {
      const budget = { operationsPerDay: 1 };
      const { own, client } = dynamoDb.reconnect(table);
      crashAt(client, { index, fate });
      entries.length = 0;
      const id = `job-${index}-${fate}`;
      const outcome = await ask(id, budget, 1_000, own).catch((error: unknown) => {
        if (!(error instanceof CrashError)) throw error;
        return 'crashed';
      });
      clock.advance(21 * 60_000);
      // The job was never made: its reservation is given back, and the threshold was passed all the same.
      await recoverCosts({ table, log: observed.log });
      const again = await ask(`${id}-again`, budget);
      await dispatch();
      expect(announced().sort(), `${id}: ${JSON.stringify(outcome)}`).toEqual(['day 100 1/1', 'day 80 1/1']);
      expect(again).toMatchObject({ kind: 'reserved' });
      clock.advance(86_400_000);
    }
  }
});

it('is announced again by the next dispatch if the bus refuses it, or dispatch dies after the event', async () => {
  await ask('all', { operationsPerDay: 1 });
  const refusing = { ...bus, eventBridge: { send: () => Promise.reject(new Error('no answer')) } as never };
  expect(await recoverEnds({ table, bus: refusing, ...observed }, 'thresholds')).toBe(0);
  const { own, client } = dynamoDb.reconnect(table);
  crashAt(client, { index: 0, fate: 'before' });
  await recoverEnds({ table: own, bus, ...observed }, 'thresholds').catch(() => {});
  expect(announced().length).toBeGreaterThan(0);
  await dispatch();
  expect(new Set(announced())).toEqual(new Set(['day 80 1/1', 'day 100 1/1']));
  expect(await dispatch()).toBe(0);
});
