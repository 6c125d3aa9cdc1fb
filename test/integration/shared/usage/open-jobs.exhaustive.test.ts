import { expect, it } from 'vitest';
import type { Table } from '#shared/aws/table.ts';
import type { Lane } from '#shared/jobs/lanes/lane.ts';
import { budgetPending, reserveCost } from '#shared/usage/reserve-cost.ts';
import { enqueueMany, newJob } from '#test/fixtures/queue.ts';
import { useJobTable } from '#test/fixtures/use-job-table.ts';
import { countersOf } from './costs.ts';

let table: Table;
let lane: Lane;
useJobTable((fresh) => {
  ({ table, lane } = fresh);
});

const cost = { estimated: 1_000, outputs: 1 };
const openJobs = 450;

/** Asks again for as long as the open jobs are being counted. */
const accept = async (operationsPerMonth: number) => {
  const job = newJob({ cost });
  for (let pending = 0; ; pending += 1) {
    const refusal = await reserveCost(table, job, { operationsPerMonth });
    if (refusal?.code !== budgetPending) return { pending, refusal };
    expect(refusal).toMatchObject({ status: 429, rule: 'operationsPerMonth' });
  }
};

it('hundreds of open jobs count before a new one does, however many requests come at once', async () => {
  await enqueueMany(lane, openJobs, { cost });
  const answers = await Promise.all(Array.from({ length: 4 }, () => accept(openJobs + 3)));
  expect(answers.filter(({ refusal }) => refusal === undefined)).toHaveLength(3);
  expect(Math.max(...answers.map(({ pending }) => pending))).toBeGreaterThanOrEqual(1);
  expect(await countersOf(table)).toMatchObject({ month: openJobs * 1_000 + 3_000, open: openJobs + 3, marks: 0 });
});

it('a budget that the open jobs use up is refused for that, before all of them are counted', async () => {
  await enqueueMany(lane, openJobs, { cost });
  const { pending, refusal } = await accept(300);
  expect(pending).toBe(0);
  expect(refusal).toMatchObject({ code: 'policy_refused', rule: 'operationsPerMonth' });
});
