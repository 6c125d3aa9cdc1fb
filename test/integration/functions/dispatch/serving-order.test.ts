import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { assignTurns } from '#functions/dispatch/assign-turns.ts';
import type { Table } from '#shared/aws/table.ts';
import type { Job, Turn } from '#shared/jobs/job.ts';
import { type Lane, maxUnansweredMs } from '#shared/jobs/lanes/lane.ts';
import { requeue } from '#shared/jobs/lanes/turn.ts';
import { readJob, startTestDynamoDb, type TestDynamoDb } from '#test/fixtures/job-table.ts';
import { createManualClock, type ManualClock } from '#test/fixtures/manual-clock.ts';
import { createLane, dispatchContext, enqueue, enqueueMany, heldMs, perMinute } from '#test/fixtures/queue.ts';

let dynamoDb: TestDynamoDb;
let clock: ManualClock;
let table: Table;
let lane: Lane;
let started: { turn: Turn; name: string }[];
beforeAll(async () => {
  dynamoDb = await startTestDynamoDb();
});
afterAll(() => dynamoDb.close());
beforeEach(async () => {
  clock = createManualClock();
  table = await dynamoDb.table(clock);
  lane = createLane(table);
  started = [];
});

const dispatch = (on: Lane) => {
  const startTurn = async ({ jobId, turn }: Turn, name: string) => {
    started.push({ turn: { jobId, turn }, name });
  };
  return assignTurns(dispatchContext(on, { startTurn }), on);
};

describe('who is served', () => {
  /** Serves with as many permits as wanted, one job after the other. */
  const serve = async (count: number): Promise<Job[]> => {
    const one = createLane(table, perMinute(1));
    const served: Job[] = [];
    for (let index = 0; index < count; index += 1) {
      const before = started.length;
      await dispatch(one);
      for (const { turn } of started.slice(before)) served.push(await readJob(table, turn));
      // Nothing is heard of the submit, so that its permit stays taken for longer than its window.
      clock.advance(heldMs + maxUnansweredMs);
    }
    return served;
  };

  it('a single job of one caller after at most one round of a caller with many', async () => {
    await enqueueMany(lane, 12, { caller: 'many' });
    const before = await serve(5);
    expect(before.map(({ caller }) => caller)).toEqual(Array(5).fill('many'));
    const single = await enqueue(lane, { caller: 'single' });
    const after = await serve(2);
    expect(after.map(({ jobId }) => jobId)).toContain(single.jobId);
  });

  it('callers in turn', async () => {
    for (const caller of ['a', 'b', 'c']) await enqueueMany(lane, 4, { caller });
    const served = await serve(12);
    for (let round = 0; round < 4; round += 1) {
      const callers = served.slice(3 * round, 3 * round + 3).map(({ caller }) => caller);
      expect(callers.toSorted()).toEqual(['a', 'b', 'c']);
    }
  });

  it('high before normal before low, but every priority at least once in ten', async () => {
    for (const priority of ['low', 'normal', 'high'] as const) await enqueueMany(lane, 12, { priority });
    const served = (await serve(10)).map(({ priority }) => priority);
    expect(served.filter((priority) => priority === 'high')).toHaveLength(8);
    expect(new Set(served)).toEqual(new Set(['high', 'normal', 'low']));
  });

  it('a job that was put back, at its old rank: before all that came later', async () => {
    const first = await enqueue(lane);
    for (let others = 0; others < 5; others += 1) await enqueue(lane);
    const [served] = await serve(1);
    expect(served?.jobId).toBe(first.jobId);
    await requeue(table, served as Job, { sent: true });
    const [again] = await serve(1);
    expect(again).toMatchObject({ jobId: first.jobId, turn: 2 });
    expect(started.at(-1)?.name).toBe(`${first.jobId}-2`);
  });
});
