import fc from 'fast-check';
import { expect, it } from 'vitest';
import { getItem, removeItem, type Table } from '#shared/aws/table.ts';
import type { Job } from '#shared/jobs/job.ts';
import { jobKey } from '#shared/jobs/job-store.ts';
import { findActualCost } from '#shared/jobs/stored-cost.ts';
import { budgetAttributes, budgetKey } from '#shared/usage/budget-items.ts';
import { reserveAmount as reserve } from '#shared/usage/reserve-cost.ts';
import { releaseReservation, settleJob } from '#shared/usage/settlement.ts';
import { inTier } from '#test/fixtures/tier.ts';
import { putItems } from '../../../fixtures/job-table.ts';
import type { ManualClock } from '../../../fixtures/manual-clock.ts';
import { useJobTable } from '../../../fixtures/use-job-table.ts';
import { endedJob } from './costs.ts';

let table: Table;
let clock: ManualClock;
useJobTable((fresh) => ({ table, clock } = fresh));

const jobNumbers = fc.integer({ min: 0, max: 5 });
const steps = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('reserve'), job: jobNumbers }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('settle', 'release'), job: jobNumbers }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('lose the counter'), job: fc.constant(0) }) },
);
const amount = 1_500;

it('what is given back makes no counter negative, whether or not it is still there, and is exact while it is', async () => {
  let caller = 0;
  await fc.assert(
    // The steps of one group run at once.
    fc.asyncProperty(fc.array(fc.array(steps, { minLength: 1, maxLength: 3 }), { maxLength: 12 }), async (groups) => {
      caller += 1;
      const own = `caller ${caller}`;
      const jobs = Array.from({ length: 6 }, (_, index): Job => {
        const job = { caller: own, createdAt: new Date(clock.now()).toISOString() };
        // Every other job costs nothing in the end.
        return index % 2 === 0
          ? endedJob(`${own}-${index}`, 'succeeded', job)
          : endedJob(`${own}-${index}`, 'failed', { ...job, error: { code: 'execution_lost', message: '' } });
      });
      const at = new Date(clock.now()).toISOString();
      const key = budgetKey(own, at);
      const attributes = Object.values(budgetAttributes(at));
      const read = async () => {
        const counter = (await getItem(table, key)) ?? {};
        return attributes.map((attribute) => Number(counter[attribute] ?? 0));
      };
      // Only a job that has a record ends; a reservation for the same request that comes later finds it and counts nothing.
      const settle = async (job: Job): Promise<unknown> => {
        await putItems(table, [{ ...job, ...jobKey(job.jobId) }]);
        return settleJob(table, job);
      };
      const act = async ({ kind, job: number }: { kind: string; job: number }): Promise<unknown> => {
        const job = jobs[number] ?? endedJob('none');
        if (kind === 'reserve') return reserve(table, job, amount, { operationsPerMonth: 1_000 });
        if (kind === 'settle') return settle(job);
        if (kind === 'release') return releaseReservation(table, job);
        return removeItem(table, key);
      };
      let isLost = false;
      for (const group of groups) {
        await Promise.all(group.map(act));
        isLost ||= group.some(({ kind }) => kind === 'lose the counter');
        for (const count of await read()) expect(count).toBeGreaterThanOrEqual(0);
      }
      // In the end everything is given back or has cost what it cost.
      for (const job of jobs) {
        await settle(job);
        for (const count of await read()) expect(count).toBeGreaterThanOrEqual(0);
      }
      const cost = jobs.reduce((sum, job) => sum + findActualCost(job).actual, 0);
      if (!isLost) expect(new Set(await read())).toEqual(new Set([cost]));
    }),
    {
      numRuns: inTier(5, 40),
      examples: [
        [[[{ kind: 'reserve', job: 1 }], [{ kind: 'lose the counter', job: 0 }]]],
        // Two requests of one idempotency key: the first has ended before the second reserves, or as it does.
        [[[{ kind: 'settle', job: 0 }], [{ kind: 'reserve', job: 0 }]]],
        [
          [
            [
              { kind: 'settle', job: 0 },
              { kind: 'reserve', job: 0 },
            ],
          ],
        ], // seed 1686614313
      ],
    },
  );
});
