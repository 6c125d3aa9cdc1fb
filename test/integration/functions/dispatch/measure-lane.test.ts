import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dispatch } from '#functions/dispatch/dispatch.ts';
import { measureLane } from '#functions/dispatch/measure-lane.ts';
import type { Table } from '#shared/aws/table.ts';
import type { Lane } from '#shared/jobs/lanes/lane.ts';
import type { MetricValue } from '#shared/metrics.ts';
import { startTestDynamoDb, type TestDynamoDb } from '#test/fixtures/job-table.ts';
import { createManualClock } from '#test/fixtures/manual-clock.ts';
import { createLane, dispatchContext, enqueue } from '#test/fixtures/queue.ts';

let dynamoDb: TestDynamoDb;
beforeAll(async () => {
  dynamoDb = await startTestDynamoDb();
});
afterAll(() => dynamoDb.close());

const clock = createManualClock();

const open = async (): Promise<{ table: Table; lane: Lane; metrics: MetricValue[] }> => {
  const table = await dynamoDb.table(clock);
  return { table, lane: createLane(table), metrics: [] };
};

const byLane = { lane: 'firefly' };

describe('the measures of a lane', () => {
  it('say how many jobs of all priorities and callers wait, and since when the oldest does', async () => {
    const { table, lane, metrics } = await open();
    await enqueue(lane, { caller: 'alice', priority: 'low' });
    await clock.advance(90_000);
    await enqueue(lane, { caller: 'bob', priority: 'high' });
    await enqueue(lane, { caller: 'alice' });
    expect(await measureLane({ table, recordMetric: (...metric) => void metrics.push(metric) }, lane)).toBe(3);
    expect(metrics).toEqual([
      ['JobsWaiting', 3, byLane],
      ['OldestWaitingSeconds', 90, byLane],
    ]);
  });

  it('come with the run of each minute only, after the turns, and not of an empty lane', async () => {
    const { lane, metrics } = await open();
    const context = dispatchContext(lane, { recordMetric: (...metric) => void metrics.push(metric) });
    await dispatch(context, 'scheduled');
    expect(metrics.splice(0)).toEqual([['RunsCompleted', 1, { run: 'dispatch' }]]);
    for (let count = 0; count < 6; count += 1) await enqueue(lane);
    await dispatch(context, 'asked');
    expect(metrics.splice(0)).toEqual([['TurnsStarted', 4, byLane]]);
    await dispatch(context, 'scheduled');
    expect(metrics.map(([name, value]) => [name, value])).toEqual([
      ['JobsWaiting', 2],
      ['OldestWaitingSeconds', 0],
      ['RunsCompleted', 1],
    ]);
  });
});
