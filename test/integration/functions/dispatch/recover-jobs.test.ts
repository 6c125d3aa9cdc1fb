import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { assignTurns } from '#functions/dispatch/assign-turns.ts';
import { type RecoverContext, recoverJobs } from '#functions/dispatch/recover-jobs.ts';
import type { Table } from '#shared/aws/table.ts';
import type { EventBus } from '#shared/events/publish.ts';
import type { Job, JobState } from '#shared/jobs/job.ts';
import type { Lane } from '#shared/jobs/lanes/lane.ts';
import { passFence } from '#shared/jobs/lanes/turn.ts';
import { endJob, transition } from '#shared/jobs/transitions.ts';
import { createEventBus } from '#test/fixtures/event-bus.ts';
import { readJob, startTestDynamoDb, type TestDynamoDb } from '#test/fixtures/job-table.ts';
import { createManualClock, type ManualClock, noon } from '#test/fixtures/manual-clock.ts';
import { type Observed, observe } from '#test/fixtures/observed.ts';
import { createLane, dispatchContext, enqueue, readPermits } from '#test/fixtures/queue.ts';

let dynamoDb: TestDynamoDb;
beforeAll(async () => {
  dynamoDb = await startTestDynamoDb();
});
afterAll(() => dynamoDb.close());

let clock: ManualClock;
let table: Table;
let lane: Lane;
let observed: Observed;
let startedNames: string[];
let published: string[];
let bus: EventBus;
beforeEach(async () => {
  clock = createManualClock();
  table = await dynamoDb.table(clock);
  lane = createLane(table);
  observed = observe();
  startedNames = [];
  ({ bus, published: published } = createEventBus());
});

const parts = (more: Partial<RecoverContext> = {}): RecoverContext =>
  dispatchContext(lane, {
    bus,
    ...observed,
    startTurn: async (_, name) => {
      startedNames.push(name);
    },
    ...more,
  });

/** A job in the middle of its life whose deadline in the queue index is the given time. */
const jobIn = async (state: JobState, deadline: number): Promise<Job> => {
  const job = await enqueue(lane);
  const order = new Date(deadline).toISOString();
  return (await transition(table, job, { from: ['queued'], to: state, order, changes: { turn: 1 } })) as Job;
};

describe('a turn that never started', () => {
  it('goes back at its rank and leaves its permit, but not before the fence has closed for certain', async () => {
    const job = await enqueue(lane);
    await assignTurns(dispatchContext(lane), lane);
    clock.set(noon + 3_000);
    expect(await recoverJobs(parts())).toEqual({ requeued: 0, resumed: 0, published: 0 });
    expect((await readJob(table, job)).state).toBe('scheduled');

    clock.set(noon + 8_001);
    expect((await recoverJobs(parts())).requeued).toBe(1);
    expect(await readJob(table, job)).toMatchObject({ state: 'queued', rank: job.rank, turn: 1 });
    expect((await readPermits(lane)).every(({ freeAt }) => freeAt <= clock.now())).toBe(true);
    expect(await passFence(lane, { jobId: job.jobId, turn: 1 })).toEqual({ kind: 'stale' });
  });

  it('is put back by one of many dispatchers', async () => {
    await enqueue(lane);
    await assignTurns(dispatchContext(lane), lane);
    clock.advance(60_000);
    const results = await Promise.all(Array.from({ length: 5 }, () => recoverJobs(parts())));
    expect(results.reduce((sum, { requeued }) => sum + requeued, 0)).toBe(1);
  });

  it('that starts after all does not disturb the next turn', async () => {
    const job = await enqueue(lane);
    await assignTurns(dispatchContext(lane), lane);
    clock.advance(10_000);
    await recoverJobs(parts());
    await assignTurns(dispatchContext(lane), lane);
    expect(await passFence(lane, { jobId: job.jobId, turn: 1 })).toEqual({ kind: 'stale' });
    expect(await passFence(lane, { jobId: job.jobId, turn: 2 })).toMatchObject({ kind: 'passed' });
  });
});

describe('a submit whose execution died', () => {
  it('ends as unknown, once, published at once', async () => {
    const job = await jobIn('submitting', noon - 1);
    await Promise.all(Array.from({ length: 3 }, () => recoverJobs(parts())));
    expect(await readJob(table, job)).toMatchObject({ state: 'failed', error: { code: 'submit_outcome_unknown' } });
    expect(observed.metrics.filter((name) => name === 'SubmitOutcomeUnknown')).toHaveLength(1);
    expect(published).toEqual([job.jobId]);
    expect(startedNames).toEqual([]);
  });

  it('has all the time that a submit may take', async () => {
    const job = await jobIn('submitting', noon + 1);
    await recoverJobs(parts());
    expect((await readJob(table, job)).state).toBe('submitting');
  });
});

describe('a job whose execution died at Adobe’s side or in storing', () => {
  it.each<JobState>(['running', 'storing'])(
    '%s: is followed by one new execution with a name of its own',
    async (state) => {
      const job = await jobIn(state, noon - 1);
      const results = await Promise.all(Array.from({ length: 4 }, () => recoverJobs(parts())));
      expect(results.reduce((sum, { resumed }) => sum + resumed, 0)).toBe(1);
      expect(startedNames).toEqual([`${job.jobId}-1-1`]);
      expect(await readJob(table, job)).toMatchObject({ state, turn: 1, resumes: 1 });
    },
  );

  it('gets its time before it counts as lost again', async () => {
    const job = await jobIn('running', noon - 1);
    await recoverJobs(parts());
    clock.advance(15 * 60_000 - 1);
    expect((await recoverJobs(parts())).resumed).toBe(0);
    clock.advance(2);
    expect((await recoverJobs(parts())).resumed).toBe(1);
    expect(startedNames.at(-1)).toBe(`${job.jobId}-1-2`);
  });

  it('does not keep the others waiting when it cannot be started', async () => {
    const [broken, fine] = [await jobIn('running', noon - 2), await jobIn('running', noon - 1)];
    const startTurn: RecoverContext['startTurn'] = async ({ jobId }, name) => {
      if (jobId === broken.jobId) throw new Error('no capacity');
      startedNames.push(name);
    };
    expect((await recoverJobs(parts({ startTurn }))).resumed).toBe(1);
    expect(startedNames).toEqual([`${fine.jobId}-1-1`]);
  });
});

describe('an end that was not published', () => {
  it('is published, but not while whoever ended the job is about to', async () => {
    const job = await enqueue(lane);
    await endJob(table, job, ['queued'], { to: 'cancelled' });
    clock.advance(30_000);
    expect((await recoverJobs(parts())).published).toBe(0);
    clock.advance(1);
    expect((await recoverJobs(parts())).published).toBe(1);
    expect(published).toEqual([job.jobId]);
    expect((await recoverJobs(parts())).published).toBe(0);
  });

  it('is published by the next run when EventBridge does not answer in this one', async () => {
    await endJob(table, await enqueue(lane), ['queued'], { to: 'cancelled' });
    clock.advance(60_000);
    const silent: EventBus = { ...bus, eventBridge: { send: () => Promise.reject(new Error('no answer')) } as never };
    expect((await recoverJobs(parts({ bus: silent }))).published).toBe(0);
    expect((await recoverJobs(parts())).published).toBe(1);
  });
});
