import { describe, expect, it } from 'vitest';
import { countOpenJobs } from '#local/stack-kept.ts';
import type { Table } from '#shared/aws/table.ts';
import type { Lane } from '#shared/jobs/lanes/lane.ts';
import type { TestDynamoDb } from '#test/fixtures/job-table.ts';
import { putItems } from '#test/fixtures/job-table.ts';
import { noon } from '#test/fixtures/manual-clock.ts';
import { assign, enqueue, submit } from '#test/fixtures/queue.ts';
import { useJobTable } from '#test/fixtures/use-job-table.ts';

let dynamoDb: TestDynamoDb;
let table: Table;
let lane: Lane;
useJobTable((fresh) => {
  ({ table, lane, dynamoDb } = fresh);
});

describe('the jobs that an earlier process left', () => {
  it('are counted by what becomes of them, without the batches and reservations that are open', async () => {
    await enqueue(lane);
    await enqueue(lane);
    const sent = await assign(lane, await enqueue(lane), noon);
    if (sent === undefined) throw new Error('The turn did not begin.');
    await submit(lane, sent);
    const queueOrder = new Date(noon).toISOString();
    await putItems(table, [{ pk: 'other', sk: 'reservation', queueState: 'reservations', queueOrder }]);
    expect(await countOpenJobs(dynamoDb.admin, table.tableName)).toEqual({ waiting: 2, running: 1 });
  });
});
