import { describe, expect, it } from 'vitest';
import type { Table } from '#shared/aws/table.ts';
import type { Job } from '#shared/jobs/job.ts';
import { cancelJob } from '#shared/jobs/lanes/cancel.ts';
import type { Lane } from '#shared/jobs/lanes/lane.ts';
import { pauseByOperator, pauseLane, resumeByOperator } from '#shared/jobs/lanes/pauses.ts';
import { readLane } from '#shared/jobs/lanes/snapshot.ts';
import { beginTurn, passFence, requeue } from '#shared/jobs/lanes/turn.ts';
import { endJob, transition } from '#shared/jobs/transitions.ts';
import { itemOf, readJob, type TestDynamoDb } from '#test/fixtures/job-table.ts';
import { loseAnswers, setsTo } from '#test/fixtures/lost-answers.ts';
import { type ManualClock, noon } from '#test/fixtures/manual-clock.ts';
import {
  adobeLimits,
  assign,
  createLane,
  enqueue,
  heldMs,
  onlyLane,
  readPermits,
  takePermit,
} from '#test/fixtures/queue.ts';
import { useJobTable } from '#test/fixtures/use-job-table.ts';

let dynamoDb: TestDynamoDb;
let clock: ManualClock;
let table: Table;
let lane: Lane;
useJobTable((fresh) => {
  ({ table, lane, clock, dynamoDb } = fresh);
});

const submitAt = noon + 10_000;

const freeAt = async (): Promise<number | undefined> => (await readPermits(lane))[0]?.freeAt;

/** A job that holds permit 0 for the submit time. */
const schedule = async (on: Lane = lane): Promise<Job> => {
  const begun = await assign(on, await enqueue(on), submitAt);
  if (begun === undefined) throw new Error('The turn did not begin.');
  return begun;
};

/** A table whose client loses the answer to one update of a job into the given state. */
const losing = (state: string) => {
  const { own, client } = dynamoDb.reconnect(table);
  const lost = loseAnswers(client, { times: 1, matches: ({ input }) => setsTo(input, 'state', state) });
  return { lost, own: createLane(own) };
};

describe('beginTurn', () => {
  it('raises the turn and ties the job to permit and submit time', async () => {
    const job = await schedule();
    expect(job).toMatchObject({ state: 'scheduled', turn: 1, submitAt, submitBy: submitAt + 3_000, attempts: 0 });
    expect(job.permits).toEqual([{ window: 60, index: 0, until: submitAt + heldMs }]);
    expect(await itemOf(table, job)).toMatchObject({
      queueState: 'scheduled',
      queueOrder: new Date(submitAt + 3_000).toISOString(),
    });
  });

  it('gives a job to one of many dispatchers', async () => {
    const job = await enqueue(lane);
    const begun = await Promise.all(
      [0, 1, 2, 3].map((index) => beginTurn(lane, job, { permits: [], submitAt: submitAt + index })),
    );
    expect(begun.filter((turn) => turn !== undefined)).toHaveLength(1);
  });

  it('does not begin with an old view of the job', async () => {
    const job = await enqueue(lane);
    const begun = await beginTurn(lane, job, { permits: [], submitAt });
    if (begun !== undefined) await requeue(table, begun, { sent: false });
    expect(await beginTurn(lane, job, { permits: [], submitAt })).toBeUndefined();
  });

  it('knows its own write when only the answer was lost: its permits must not serve a second job', async () => {
    const { own, lost } = losing('scheduled');
    const job = await enqueue(own);
    const permits = [await takePermit(own, 3, submitAt)];
    expect(await beginTurn(own, job, { permits, submitAt })).toMatchObject({ turn: 1, permits });
    expect(lost()).toBe(1);
  });
});

describe('the fence', () => {
  it.each([0, 1, 2_999, 3_000])('lets a turn pass %i ms after its submit time', async (lateness) => {
    const job = await schedule();
    clock.set(submitAt + lateness);
    expect(await passFence(lane, job)).toMatchObject({
      kind: 'passed',
      trialLevel: 0,
      job: { state: 'submitting', turn: 1 },
    });
    expect((await readLane(lane)).usedToday).toBe(1);
  });

  it.each([
    ['early', -1],
    ['late', 3_001],
    ['late', 86_400_000],
  ])('tells a turn that is %s (%i ms) to give up, and leaves the job as it is', async (reason, lateness) => {
    const job = await schedule();
    clock.set(submitAt + lateness);
    expect(await passFence(lane, job)).toMatchObject({ kind: 'give_up', reason, job: { state: 'scheduled' } });
    expect((await readJob(table, job)).state).toBe('scheduled');
  });

  it('lets nothing pass while the quota is paused, and everything after it', async () => {
    const job = await schedule();
    clock.set(submitAt);
    await pauseLane(lane, { until: submitAt + 1_000, reason: 'rate_limited', level: 0 });
    expect(await passFence(lane, job)).toMatchObject({ kind: 'give_up', reason: 'paused' });
    clock.advance(1_000);
    expect(await passFence(lane, job)).toMatchObject({ kind: 'passed' });
  });

  it('lets nothing pass while an operator has stopped the queue, whatever Adobe says', async () => {
    const job = await schedule();
    clock.set(submitAt);
    await pauseLane(lane, { until: submitAt, reason: 'rate_limited', level: 0 });
    await pauseByOperator(table, { by: 'ops' });
    expect(await passFence(lane, job)).toMatchObject({ kind: 'give_up', reason: 'paused' });
    await resumeByOperator(table, onlyLane(lane));
    expect(await passFence(lane, job)).toMatchObject({ kind: 'passed' });
  });

  it('says when a turn is the trial after a refusal', async () => {
    const job = await schedule();
    await pauseLane(lane, { until: submitAt, reason: 'quota_exhausted', level: 2 });
    clock.set(submitAt);
    expect(await passFence(lane, job)).toMatchObject({ kind: 'passed', trialLevel: 2 });
  });

  it('lets nothing pass beyond the day’s limit', async () => {
    const day = createLane(table, { ...adobeLimits, requestsPerDay: 1 });
    const job = await schedule();
    clock.set(submitAt);
    expect(await passFence(day, job)).toMatchObject({ kind: 'passed' });
    const next = await enqueue(lane);
    const begun = await assign(lane, next, submitAt, 1);
    expect(await passFence(day, { jobId: next.jobId, turn: begun?.turn ?? 0 })).toMatchObject({
      kind: 'give_up',
      reason: 'daily_limit',
    });
  });

  it('lets one of many executions of a turn pass', async () => {
    const job = await schedule();
    clock.set(submitAt);
    const verdicts = await Promise.all(Array.from({ length: 5 }, () => passFence(lane, job)));
    expect(verdicts.filter(({ kind }) => kind === 'passed')).toHaveLength(1);
  });

  it('is closed to an older turn, to a job that is put back, cancelled or gone', async () => {
    const job = await schedule();
    clock.set(submitAt);
    expect(await passFence(lane, { jobId: job.jobId, turn: 0 })).toEqual({ kind: 'stale' });
    await requeue(table, job, { sent: false });
    expect(await passFence(lane, job)).toEqual({ kind: 'stale' });
    // Nor does what was read of it before open the fence.
    expect(await passFence(lane, job, { read: job })).toEqual({ kind: 'stale' });
    await cancelJob(table, job);
    expect(await passFence(lane, job)).toEqual({ kind: 'stale' });
    expect(await passFence(lane, { jobId: 'nobody', turn: 1 })).toEqual({ kind: 'stale' });
  });

  it('gives up when the answer to its own write was lost: time was lost with it', async () => {
    const { own, lost } = losing('submitting');
    const job = await schedule(own);
    clock.set(submitAt);
    expect(await passFence(own, job)).toMatchObject({
      kind: 'give_up',
      reason: 'late',
      job: { state: 'submitting' },
    });
    expect(lost()).toBe(1);
  });
});

describe('requeue', () => {
  it('returns the job to its old rank and frees the permit of what was not sent', async () => {
    const queued = await enqueue(lane);
    const job = (await assign(lane, queued, submitAt)) as Job;
    const back = await requeue(table, job, { sent: false });
    expect(back).toMatchObject({ state: 'queued', rank: queued.rank, turn: 1 });
    expect(back).not.toHaveProperty('submitAt');
    expect(back).not.toHaveProperty('permits');
    expect(await itemOf(table, job)).toMatchObject({ queueState: 'queued#firefly', queueOrder: queued.rank });
    expect(await freeAt()).toBeLessThanOrEqual(submitAt + 1);
  });

  it('keeps the permit of what may have been sent, and what the turn taught', async () => {
    const job = await schedule();
    clock.set(submitAt);
    const verdict = await passFence(lane, job);
    if (verdict.kind !== 'passed') throw new Error(verdict.kind);
    const back = await requeue(table, verdict.job, { sent: true, changes: { attempts: 1 } });
    expect(back).toMatchObject({ state: 'queued', attempts: 1 });
    expect(await freeAt()).toBe(submitAt + heldMs);
  });

  it('ends the job instead if its caller has asked for that meanwhile', async () => {
    const job = await schedule();
    clock.set(submitAt);
    const verdict = await passFence(lane, job);
    if (verdict.kind !== 'passed') throw new Error(verdict.kind);
    expect((await cancelJob(table, verdict.job))?.outcome).toBe('requested');
    const ended = await requeue(table, verdict.job, { sent: true, changes: { attempts: 1 } });
    expect(ended).toMatchObject({ state: 'cancelled' });
    expect(await itemOf(table, job)).toMatchObject({ unpublished: 'job' });
  });

  it('is done by one of many, and the permit freed once', async () => {
    const job = await schedule();
    const backs = await Promise.all(Array.from({ length: 5 }, () => requeue(table, job, { sent: false })));
    expect(backs.filter((back) => back !== undefined)).toHaveLength(1);
  });

  it('leaves a job alone that has moved on or is over', async () => {
    const job = await schedule();
    await transition(table, job, { from: ['scheduled'], to: 'submitting', order: new Date(submitAt).toISOString() });
    expect(await requeue(table, job, { sent: false })).toBeUndefined();
    expect(await freeAt()).toBe(submitAt + heldMs);
    await endJob(table, job, ['submitting'], { to: 'failed' });
    expect(await requeue(table, { ...job, state: 'submitting' }, { sent: false })).toBeUndefined();
    expect((await readJob(table, job)).state).toBe('failed');
  });
});
