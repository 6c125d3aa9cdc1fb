import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { assignPermits } from '#functions/dispatch/assign-permits.ts';
import { recoverJobs } from '#functions/dispatch/recover-jobs.ts';
import { runParts } from '#functions/dispatch/run-parts.ts';
import type { StartTurn } from '#functions/dispatch/start-turn.ts';
import type { Table } from '#shared/aws/table.ts';
import type { Job } from '#shared/jobs/job.ts';
import { createJob } from '#shared/jobs/job-store.ts';
import { rankOf } from '#shared/jobs/queue.ts';
import { createEventBus } from '#test/fixtures/event-bus.ts';
import {
  adobeLimits,
  itemOf,
  newJob,
  putItems,
  queueJob,
  readJob,
  startTestDynamoDb,
  type TestDynamoDb,
} from '#test/fixtures/job-table.ts';
import { createManualClock, type ManualClock } from '#test/fixtures/manual-clock.ts';
import { type Observed, observe } from '#test/fixtures/observed.ts';

// DynamoDB's limit for one item.
const largestItemBytes = 400 * 1024;

let dynamoDb: TestDynamoDb;
beforeAll(async () => {
  dynamoDb = await startTestDynamoDb();
});
afterAll(() => dynamoDb.close());

let clock: ManualClock;
let table: Table;
let observed: Observed;
let started: string[];
let published: string[];
let dispatch: () => Promise<Record<string, number>>;
beforeEach(async () => {
  clock = createManualClock();
  table = await dynamoDb.table(clock);
  observed = observe();
  started = [];
  const events = createEventBus();
  published = events.published;
  const startTurn: StartTurn = async ({ jobId }) => {
    started.push(jobId);
  };
  const parts = { table, limits: adobeLimits, bus: events.bus, startTurn, ...observed };
  dispatch = () =>
    runParts(observed.log, {
      jobs: () => recoverJobs(parts),
      permits: async () => ({ started: await assignPermits(parts) }),
    });
});

/** Makes an item as large as DynamoDB takes it, so that it fits as it is, and not with another state in its history. */
const putLargest = async (item: Record<string, unknown>): Promise<void> => {
  for (let length = largestItemBytes; ; length -= 8) {
    try {
      return await putItems(table, [{ ...item, request: JSON.stringify({ prompt: 'x'.repeat(length) }) }]);
    } catch (error) {
      if (!String(error).includes('Item size')) throw error;
    }
  }
};

/** A job whose record takes no further step, in a state of its life. */
const queuePoison = async (fields: Record<string, unknown> = {}): Promise<Job> => {
  const place = { rank: rankOf('high', 0, 'poison'), round: 0 };
  const { job } = await createJob(table, newJob({ priority: 'high' }), place);
  await putLargest({ ...(await itemOf(table, job)), ...fields });
  return job;
};

const overdue = (state: string, queueState: string) => {
  const queueOrder = new Date(clock.now() - 3_600_000).toISOString();
  return { state, queueState, queueOrder, turn: 1, submitAt: 1, permit: 3 };
};

describe('a job whose record cannot be updated', () => {
  it.each([
    ['waits at the head of the queue', () => queuePoison(), 'job_unprocessable'],
    ['holds a permit that has run out', () => queuePoison(overdue('scheduled', 'scheduled')), 'job_unprocessable'],
    ['was being submitted', () => queuePoison(overdue('submitting', 'active')), 'submit_outcome_unknown'],
  ])('and that %s is ended, and the jobs behind it have their turn', async (_, arrange, code) => {
    const poison = await arrange();
    const others = await Promise.all(['bob', 'carol', 'dave'].map((caller) => queueJob(table, { caller })));
    await dispatch();
    expect(started.toSorted()).toEqual(others.map(({ jobId }) => jobId).toSorted());
    expect(await readJob(table, poison)).toMatchObject({ state: 'failed', error: { code }, request: '{}' });
    expect(published).toEqual([poison.jobId]);
    expect(observed.metrics).toEqual(['JobsSetAside', 'JobsFailed']);
    await clock.advance(60_000);
    await dispatch();
    expect(observed.metrics).toHaveLength(2);
  });

  it('costs no permit', async () => {
    await queuePoison();
    for (let index = 0; index < 5; index += 1) await queueJob(table, { caller: 'bob' });
    await dispatch();
    expect(started).toHaveLength(4);
  });
});

describe('a part of a dispatch that fails', () => {
  it('does not keep the others from running, and fails the invocation', async () => {
    const ran: string[] = [];
    const run = runParts(observed.log, {
      first: async () => {
        ran.push('first');
        throw new Error('no');
      },
      second: async () => {
        ran.push('second');
        return { done: 1 };
      },
    });
    await expect(run).rejects.toThrow('no');
    expect(ran).toEqual(['first', 'second']);
  });
});
