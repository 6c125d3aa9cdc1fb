import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { assignTurns } from '#functions/dispatch/assign-turns.ts';
import { dispatch } from '#functions/dispatch/dispatch.ts';
import { type RecoverContext, recoverJobs } from '#functions/dispatch/recover-jobs.ts';
import type { Table } from '#shared/aws/table.ts';
import type { EventBus } from '#shared/events/publish.ts';
import type { Job, JobState, NewJob } from '#shared/jobs/job.ts';
import { cancelJob } from '#shared/jobs/lanes/cancel.ts';
import type { Lane } from '#shared/jobs/lanes/lane.ts';
import { passFence } from '#shared/jobs/lanes/turn.ts';
import { transition } from '#shared/jobs/transitions.ts';
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
const jobIn = async (state: JobState, deadline: number, fields: Partial<NewJob> = {}): Promise<Job> => {
  const job = await enqueue(lane, fields);
  const order = new Date(deadline).toISOString();
  return (await transition(table, job, { from: ['queued'], to: state, order, changes: { turn: 1 } })) as Job;
};

describe('a turn that never started', () => {
  it('is found by the run of each minute, and not by one that was asked for', async () => {
    const job = await jobIn('scheduled', noon - 60_000);
    await dispatch(dispatchContext(lane), 'asked');
    expect(await readJob(table, job)).toMatchObject({ state: 'scheduled', turn: 1 });
    await dispatch(dispatchContext(lane), 'scheduled');
    expect(await readJob(table, job)).toMatchObject({ state: 'scheduled', turn: 2 });
  });

  it('goes back at its rank and leaves its permit, but not before the fence has closed for certain', async () => {
    const job = await enqueue(lane);
    await assignTurns(dispatchContext(lane), lane);
    clock.set(noon + 3_000);
    expect(await recoverJobs(parts())).toEqual({ requeued: 0, rejoined: 0, resumed: 0 });
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

  it('is followed by one new execution where the answer itself may lie in the bucket', async () => {
    const job = await jobIn('submitting', noon - 1, { operation: 'content-tagging/predict', modelVersion: undefined });
    const results = await Promise.all(Array.from({ length: 3 }, () => recoverJobs(parts())));
    expect(results.reduce((sum, { resumed }) => sum + resumed, 0)).toBe(1);
    expect(startedNames).toEqual([`${job.jobId}-1-1`]);
    expect(await readJob(table, job)).toMatchObject({ state: 'running', lostAnswer: { reason: expect.any(String) } });
    expect(published).toEqual([]);
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

describe('turns that are lost before their submit', () => {
  /** Gives the job a turn that nothing comes of, and has it recovered. */
  const loseTurn = async (job: Job): Promise<Job> => {
    await assignTurns(dispatchContext(lane), lane);
    expect((await readJob(table, job)).state).toBe('scheduled');
    clock.advance(lane.limits.submitGraceMs + 60_000);
    await recoverJobs(parts());
    return readJob(table, job);
  };

  it('make the job wait longer from one to the next, and end it after about a day', async () => {
    let job = await enqueue(lane);
    const startedAt = clock.now();
    const delays: number[] = [];
    while (job.state === 'queued') {
      job = await loseTurn(job);
      const { delayedUntil } = job;
      delays.push(delayedUntil === undefined ? 0 : Math.round((Date.parse(delayedUntil) - clock.now()) / 60_000));
      if (delayedUntil === undefined) continue;
      expect(await assignTurns(dispatchContext(lane), lane)).toBe(0);
      clock.set(Date.parse(delayedUntil) + 1);
      expect((await recoverJobs(parts())).rejoined).toBe(1);
      expect(await readJob(table, job)).toMatchObject({ state: 'queued', rank: job.rank });
    }
    expect(delays.slice(0, 10)).toEqual([0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
    expect(job).toMatchObject({ state: 'failed', turn: 30, error: { code: 'never_submitted' } });
    const hours = (clock.now() - startedAt) / 3_600_000;
    expect(hours).toBeGreaterThan(20);
    expect(hours).toBeLessThan(30);
    expect(observed.metrics).toEqual(['JobsFailed']);
    expect(published).toEqual([job.jobId]);
    expect((await readPermits(lane)).every(({ freeAt }) => freeAt <= clock.now())).toBe(true);
  });

  it('are forgotten once the job passes the fence', async () => {
    let job = await enqueue(lane);
    for (let lost = 0; lost < 3; lost += 1) {
      job = await loseTurn(job);
      clock.advance(10 * 60_000);
      await recoverJobs(parts());
    }
    expect(job.lostTurns).toBe(3);
    await assignTurns(dispatchContext(lane), lane);
    const verdict = await passFence(lane, { jobId: job.jobId, turn: 4 });
    expect(verdict).toMatchObject({ kind: 'passed' });
    expect((await readJob(table, job)).lostTurns).toBeUndefined();
  });

  it('do not keep a job from being cancelled while it waits', async () => {
    const job = await enqueue(lane);
    await loseTurn(job);
    const delayed = await loseTurn(job);
    expect(delayed.delayedUntil).toBeDefined();
    expect(await cancelJob(table, delayed)).toMatchObject({ outcome: 'cancelled' });
    clock.advance(3_600_000);
    expect((await recoverJobs(parts())).rejoined).toBe(0);
  });
});

describe('a job whose every execution dies', () => {
  it.each<JobState>(['running', 'storing'])(
    'is given up while %s, with a code that tells that it may be billed',
    async (state) => {
      const job = await jobIn(state, noon - 1);
      for (let run = 0; run < 20; run += 1) {
        await recoverJobs(parts());
        clock.advance(15 * 60_000 + 1);
      }
      expect(startedNames).toHaveLength(12);
      expect(await readJob(table, job)).toMatchObject({ state: 'failed', error: { code: 'job_given_up' } });
      expect(published).toEqual([job.jobId]);
    },
  );
});
