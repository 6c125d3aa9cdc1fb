import { expect, it } from 'vitest';
import { recoverCosts } from '#functions/dispatch/recover-costs.ts';
import type { Table } from '#shared/aws/table.ts';
import { createJob } from '#shared/jobs/job-store.ts';
import { endJob } from '#shared/jobs/transitions.ts';
import { reserveAmount as reserve } from '#shared/usage/reserve-cost.ts';
import { countersOf, crashAt, endedJob } from '#test/integration/shared/usage/costs.ts';
import type { TestDynamoDb } from '../../../fixtures/job-table.ts';
import type { ManualClock } from '../../../fixtures/manual-clock.ts';
import { useJobTable } from '../../../fixtures/use-job-table.ts';

let table: Table;
let clock: ManualClock;
let dynamoDb: TestDynamoDb;
useJobTable((fresh) => ({ table, clock, dynamoDb } = fresh));

const log = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  critical: () => {},
  inContext: () => ({}),
};
const recover = () => recoverCosts({ table, log: log as never });

const make = (jobId: string) => createJob(table, { ...endedJob(jobId), request: '{}' }, { rank: 'rank', round: 1 });

it('gives back within 25 minutes what was reserved for jobs that were never made, wherever the crash came', async () => {
  for (const index of [0, 1, 2, 3]) {
    for (const fate of ['before', 'after'] as const) {
      const { own, client } = dynamoDb.reconnect(table);
      crashAt(client, { index, fate });
      await reserve(own, endedJob(`job-${index}-${fate}`), 999, { operationsPerDay: 100 }).catch(() => {});
    }
  }
  expect((await countersOf(table)).open).toBeGreaterThan(5);
  // A request of the API may still be under way.
  expect(await recover()).toBe(0);
  clock.advance(21 * 60_000);
  await recover();
  expect(await countersOf(table)).toMatchObject({ month: 0, days: 0, open: 0 });
});

it('settles a job that has ended, leaves one that waits, and gives back what another request with the key had reserved', async () => {
  for (const jobId of ['ended', 'waiting']) {
    await reserve(table, endedJob(jobId), 999, {});
    await make(jobId);
  }
  await reserve(table, { ...endedJob('ended'), requestHash: 'of another body' }, 999, {});
  const ended = { ...endedJob('ended'), turn: 0, lane: 'firefly', retentionSeconds: 1, batchId: undefined };
  await endJob(table, ended, ['queued'], { to: 'cancelled' });
  clock.advance(21 * 60_000);
  // The job itself expires only later.
  expect(await recover()).toBeGreaterThan(0);
  await recover();
  expect(await countersOf(table)).toMatchObject({ month: 999, days: 999, open: 1 });
});
