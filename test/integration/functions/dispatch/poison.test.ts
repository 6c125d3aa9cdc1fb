import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DispatchContext, StartTurn } from '#functions/dispatch/context.ts';
import { dispatch } from '#functions/dispatch/dispatch.ts';
import { reportUnreadable } from '#shared/aws/items.ts';
import type { Table } from '#shared/aws/table.ts';
import type { EventBus } from '#shared/events/publish.ts';
import type { Job } from '#shared/jobs/job.ts';
import { createJob } from '#shared/jobs/job-store.ts';
import type { Lane } from '#shared/jobs/lanes/lane.ts';
import { buildRank } from '#shared/jobs/lanes/rounds.ts';
import { metricNames } from '#shared/metrics.ts';
import { createEventBus } from '#test/fixtures/event-bus.ts';
import {
  itemOf,
  putItems,
  putLargest,
  readJob,
  startTestDynamoDb,
  type TestDynamoDb,
} from '#test/fixtures/job-table.ts';
import { createManualClock, type ManualClock } from '#test/fixtures/manual-clock.ts';
import { type Observed, observe } from '#test/fixtures/observed.ts';
import { adobeLimits, createLane, dispatchContext, enqueue, newJob } from '#test/fixtures/queue.ts';

let dynamoDb: TestDynamoDb;
beforeAll(async () => {
  dynamoDb = await startTestDynamoDb();
});
afterAll(() => dynamoDb.close());

let clock: ManualClock;
let table: Table;
let lane: Lane;
let observed: Observed;
let started: string[];
let bus: EventBus;
let published: string[];
let run: () => Promise<Record<string, number>>;
beforeEach(async () => {
  clock = createManualClock();
  observed = observe();
  table = { ...(await dynamoDb.table(clock)), onUnreadable: reportUnreadable(observed) };
  lane = createLane(table);
  started = [];
  ({ bus, published } = createEventBus());
  const startTurn: StartTurn = async ({ jobId }) => {
    started.push(jobId);
  };
  run = () => dispatch(dispatchContext(lane, { bus, startTurn, ...observed }));
});

/** A job whose record takes no further step, in a state of its life. */
const queuePoison = async (fields: Record<string, unknown> = {}): Promise<Job> => {
  const place = { rank: buildRank('high', 0, 'poison'), round: 0 };
  const { job } = await createJob(table, newJob({ priority: 'high' }), place);
  await putLargest(table, { ...(await itemOf(table, job)), ...fields });
  return job;
};

const overdue = (state: string, queueState: string) => {
  const queueOrder = new Date(clock.now() - 3_600_000).toISOString();
  return { state, queueState, queueOrder, turn: 1, submitAt: 1, permits: [{ window: 60, index: 3, until: 2 }] };
};

/** The metrics of that kind: each run counts itself and the turns that it gives as well. */
const problems = () =>
  observed.metrics.filter((name) => name !== metricNames.runsCompleted && name !== metricNames.turnsStarted);

describe('a job whose record cannot be updated', () => {
  it.each([
    ['waits at the head of the queue', () => queuePoison(), 'job_unprocessable'],
    ['holds a permit that has run out', () => queuePoison(overdue('scheduled', 'scheduled')), 'job_unprocessable'],
    ['was being submitted', () => queuePoison(overdue('submitting', 'active')), 'submit_outcome_unknown'],
  ])('and that %s is ended, and the jobs behind it have their turn', async (_, arrange, code) => {
    const poison = await arrange();
    const others = await Promise.all(['bob', 'carol', 'dave'].map((caller) => enqueue(lane, { caller })));
    await run();
    expect(started.toSorted()).toEqual(others.map(({ jobId }) => jobId).toSorted());
    expect(await readJob(table, poison)).toMatchObject({ state: 'failed', error: { code }, warnings: [] });
    expect(published).toEqual([poison.jobId]);
    expect(problems()).toEqual(['JobsSetAside', 'JobsFailed']);
    await clock.advance(60_000);
    await run();
    expect(problems()).toHaveLength(2);
  });

  it('costs no permit', async () => {
    await queuePoison();
    for (let index = 0; index < 5; index += 1) await enqueue(lane, { caller: 'bob' });
    await run();
    expect(started).toHaveLength(4);
  });
});

describe('a job whose record cannot be read', () => {
  const spoil = async (job: Job, fields: Record<string, unknown> = {}): Promise<void> => {
    await putItems(table, [{ ...(await itemOf(table, job)), attempts: 'none', ...fields }]);
  };

  it.each([
    ['waits at the head of the queue', () => ({}), 'job_unprocessable'],
    ['holds a permit that has run out', () => overdue('scheduled', 'scheduled'), 'job_unprocessable'],
    // Adobe may have billed it: its caller is not told to send it again.
    ['is followed by nothing', () => overdue('running', 'active'), 'submit_outcome_unknown'],
  ])(
    'and that %s is ended and reported by its key, and the jobs behind it have their turn',
    async (_, fieldsOf, code) => {
      const spoilt = await enqueue(lane, { caller: 'alice', priority: 'high' });
      await spoil(spoilt, fieldsOf());
      const others = await Promise.all(['bob', 'carol', 'dave'].map((caller) => enqueue(lane, { caller })));
      await run();
      expect(started.toSorted()).toEqual(others.map(({ jobId }) => jobId).toSorted());
      expect(await itemOf(table, spoilt)).toMatchObject({ state: 'failed', error: { code } });
      expect(await itemOf(table, spoilt)).not.toHaveProperty('queueState');
      expect(problems()).toEqual(['ItemsUnreadable']);
      expect(JSON.stringify(observed.lines)).toContain(spoilt.jobId);
      expect(JSON.stringify(observed.lines)).not.toContain('prompt');
      await clock.advance(60_000);
      await run();
      await clock.advance(60_000);
      await run();
      // Once more where its end would be published, and then never again.
      expect(problems()).toEqual(['ItemsUnreadable', 'ItemsUnreadable']);
      expect(published).toEqual([]);
    },
  );

  it('is published as failed where only what is cleared was wrong', async () => {
    const spoilt = await enqueue(lane, { priority: 'high' });
    await spoil(spoilt, { attempts: 0, history: 'none' });
    await run();
    await clock.advance(60_000);
    await run();
    expect(published).toEqual([spoilt.jobId]);
  });
});

describe('a part of a dispatch that fails', () => {
  const outOfReach = (): Table => ({ ...table, tableName: 'no-such-table' });
  const otherLane = (): Lane => createLane(outOfReach(), adobeLimits, 'photoshop');

  it.each<[string, () => Partial<DispatchContext>]>([
    ['another lane', () => ({ lanes: new Map([otherLane(), lane].map((each) => [each.name, each])) })],
    ['recovery, and the batches', () => ({ table: outOfReach() })],
  ])('%s: does not keep a lane from its turns, and fails the invocation', async (_, broken) => {
    const job = await enqueue(lane);
    await expect(dispatch(dispatchContext(lane, { ...observed, ...broken() }))).rejects.toThrow('not found');
    expect((await readJob(table, job)).state).toBe('scheduled');
    expect(observed.lines.filter(({ level }) => level === 'error')).not.toEqual([]);
  });
});
