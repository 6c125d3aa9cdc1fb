import { describe, expect, it } from 'vitest';
import type { Table } from '#shared/aws/table.ts';
import { cancelJob } from '#shared/jobs/cancel.ts';
import type { Job } from '#shared/jobs/job.ts';
import { pauseByOperator, resumeByOperator } from '#shared/jobs/operator-pause.ts';
import { claimPermit, type Permit, pauseQuota, readQuota } from '#shared/jobs/quota.ts';
import { endJob, transition } from '#shared/jobs/transitions.ts';
import { beginTurn, passFence, requeue } from '#shared/jobs/turn.ts';
import { itemOf, adobeLimits as limits, queueJob, readJob, type TestDynamoDb } from '#test/fixtures/job-table.ts';
import { loseAnswers, setsTo } from '#test/fixtures/lost-answers.ts';
import { type ManualClock, noon } from '#test/fixtures/manual-clock.ts';
import { useJobTable } from '#test/fixtures/use-job-table.ts';

let dynamoDb: TestDynamoDb;
let clock: ManualClock;
let table: Table;
useJobTable((fresh) => {
  ({ table, clock, dynamoDb } = fresh);
});

const submitAt = noon + 10_000;

const permitOf = async (on: Table, index: number): Promise<Permit> =>
  (await readQuota(on, limits)).permits[index] as Permit;

/** A job that holds permit 0 for the submit time. */
const schedule = async (on: Table = table): Promise<Job> => {
  const job = await queueJob(on);
  const permit = await permitOf(on, 0);
  await claimPermit(on, limits, permit, submitAt);
  const begun = await beginTurn(on, job, permit, submitAt);
  if (begun === undefined) throw new Error('The turn did not begin.');
  return begun;
};

/** A table whose client loses the answer to one update of a job into the given state. */
const losing = (state: string) => {
  const { own, client } = dynamoDb.reconnect(table);
  const lost = loseAnswers(client, { times: 1, matches: ({ input }) => setsTo(input, 'state', state) });
  return { lost, own };
};

describe('beginTurn', () => {
  it('raises the turn and ties the job to permit and submit time', async () => {
    const job = await schedule();
    expect(job).toMatchObject({ state: 'scheduled', turn: 1, permit: 0, submitAt, attempts: 0 });
    expect(await itemOf(table, job)).toMatchObject({
      queueState: 'scheduled',
      queueOrder: new Date(submitAt).toISOString(),
    });
  });

  it('gives a job to one of many dispatchers', async () => {
    const job = await queueJob(table);
    const begun = await Promise.all(
      [0, 1, 2, 3].map((index) => beginTurn(table, job, { index, freeAt: 0 }, submitAt + index)),
    );
    expect(begun.filter((turn) => turn !== undefined)).toHaveLength(1);
  });

  it('does not begin with an old view of the job', async () => {
    const job = await queueJob(table);
    const begun = await beginTurn(table, job, { index: 0, freeAt: 0 }, submitAt);
    if (begun !== undefined) await requeue(table, limits, begun, { sent: false });
    expect(await beginTurn(table, job, { index: 1, freeAt: 0 }, submitAt)).toBeUndefined();
  });

  it('knows its own write when only the answer was lost: the permit must not serve a second job', async () => {
    const { own, lost } = losing('scheduled');
    const job = await queueJob(own);
    expect(await beginTurn(own, job, { index: 3, freeAt: 0 }, submitAt)).toMatchObject({ turn: 1, permit: 3 });
    expect(lost()).toBe(1);
  });
});

describe('the fence', () => {
  it.each([0, 1, 2_999, 3_000])('lets a turn pass %i ms after its submit time', async (lateness) => {
    const job = await schedule();
    clock.set(submitAt + lateness);
    expect(await passFence(table, limits, job)).toMatchObject({
      kind: 'passed',
      trialLevel: 0,
      job: { state: 'submitting', turn: 1 },
    });
    expect((await readQuota(table, limits)).usedToday).toBe(1);
  });

  it.each([
    ['early', -1],
    ['late', 3_001],
    ['late', 86_400_000],
  ])('tells a turn that is %s (%i ms) to give up, and leaves the job as it is', async (reason, lateness) => {
    const job = await schedule();
    clock.set(submitAt + lateness);
    expect(await passFence(table, limits, job)).toMatchObject({ kind: 'give_up', reason, job: { state: 'scheduled' } });
    expect((await readJob(table, job)).state).toBe('scheduled');
  });

  it('lets nothing pass while the quota is paused, and everything after it', async () => {
    const job = await schedule();
    clock.set(submitAt);
    await pauseQuota(table, { until: submitAt + 1_000, reason: 'rate_limited', level: 0 });
    expect(await passFence(table, limits, job)).toMatchObject({ kind: 'give_up', reason: 'paused' });
    clock.advance(1_000);
    expect(await passFence(table, limits, job)).toMatchObject({ kind: 'passed' });
  });

  it('lets nothing pass while an operator has stopped the queue, whatever Adobe says', async () => {
    const job = await schedule();
    clock.set(submitAt);
    await pauseQuota(table, { until: submitAt, reason: 'rate_limited', level: 0 });
    await pauseByOperator(table, { by: 'ops' });
    expect(await passFence(table, limits, job)).toMatchObject({ kind: 'give_up', reason: 'paused' });
    await resumeByOperator(table);
    expect(await passFence(table, limits, job)).toMatchObject({ kind: 'passed' });
  });

  it('says when a turn is the trial after a refusal', async () => {
    const job = await schedule();
    await pauseQuota(table, { until: submitAt, reason: 'quota_exhausted', level: 2 });
    clock.set(submitAt);
    expect(await passFence(table, limits, job)).toMatchObject({ kind: 'passed', trialLevel: 2 });
  });

  it('lets nothing pass beyond the day’s limit', async () => {
    const day = { ...limits, requestsPerDay: 1 };
    const job = await schedule();
    clock.set(submitAt);
    expect(await passFence(table, day, job)).toMatchObject({ kind: 'passed' });
    const next = await queueJob(table);
    const begun = await beginTurn(table, next, { index: 1, freeAt: 0 }, submitAt);
    expect(await passFence(table, day, { jobId: next.jobId, turn: begun?.turn ?? 0 })).toMatchObject({
      kind: 'give_up',
      reason: 'daily_limit',
    });
  });

  it('lets one of many executions of a turn pass', async () => {
    const job = await schedule();
    clock.set(submitAt);
    const verdicts = await Promise.all(Array.from({ length: 5 }, () => passFence(table, limits, job)));
    expect(verdicts.filter(({ kind }) => kind === 'passed')).toHaveLength(1);
  });

  it('is closed to an older turn, to a job that is put back, cancelled or gone', async () => {
    const job = await schedule();
    clock.set(submitAt);
    expect(await passFence(table, limits, { jobId: job.jobId, turn: 0 })).toEqual({ kind: 'stale' });
    await requeue(table, limits, job, { sent: false });
    expect(await passFence(table, limits, job)).toEqual({ kind: 'stale' });
    await cancelJob(table, limits, job);
    expect(await passFence(table, limits, job)).toEqual({ kind: 'stale' });
    expect(await passFence(table, limits, { jobId: 'nobody', turn: 1 })).toEqual({ kind: 'stale' });
  });

  it('gives up when the answer to its own write was lost: time was lost with it', async () => {
    const { own, lost } = losing('submitting');
    const job = await schedule(own);
    clock.set(submitAt);
    expect(await passFence(own, limits, job)).toMatchObject({
      kind: 'give_up',
      reason: 'late',
      job: { state: 'submitting' },
    });
    expect(lost()).toBe(1);
  });
});

describe('requeue', () => {
  it('returns the job to its old rank and frees the permit of what was not sent', async () => {
    const queued = await queueJob(table);
    const permit = await permitOf(table, 0);
    await claimPermit(table, limits, permit, submitAt);
    const job = (await beginTurn(table, queued, permit, submitAt)) as Job;
    const back = await requeue(table, limits, job, { sent: false });
    expect(back).toMatchObject({ state: 'queued', rank: queued.rank, turn: 1 });
    expect(back).not.toHaveProperty('submitAt');
    expect(back).not.toHaveProperty('permit');
    expect(await itemOf(table, job)).toMatchObject({ queueState: 'queued', queueOrder: queued.rank });
    expect((await permitOf(table, 0)).freeAt).toBeLessThanOrEqual(submitAt + 1);
  });

  it('keeps the permit of what may have been sent, and what the turn taught', async () => {
    const job = await schedule();
    clock.set(submitAt);
    const verdict = await passFence(table, limits, job);
    if (verdict.kind !== 'passed') throw new Error(verdict.kind);
    const back = await requeue(table, limits, verdict.job, { sent: true, changes: { attempts: 1 } });
    expect(back).toMatchObject({ state: 'queued', attempts: 1 });
    expect((await permitOf(table, 0)).freeAt).toBe(submitAt + 63_000);
  });

  it('ends the job instead if its caller has asked for that meanwhile', async () => {
    const job = await schedule();
    clock.set(submitAt);
    const verdict = await passFence(table, limits, job);
    if (verdict.kind !== 'passed') throw new Error(verdict.kind);
    expect((await cancelJob(table, limits, verdict.job))?.outcome).toBe('requested');
    const ended = await requeue(table, limits, verdict.job, { sent: true, changes: { attempts: 1 } });
    expect(ended).toMatchObject({ state: 'cancelled' });
    expect(await itemOf(table, job)).toMatchObject({ unpublished: 'job' });
  });

  it('is done by one of many, and the permit freed once', async () => {
    const job = await schedule();
    const backs = await Promise.all(Array.from({ length: 5 }, () => requeue(table, limits, job, { sent: false })));
    expect(backs.filter((back) => back !== undefined)).toHaveLength(1);
  });

  it('leaves a job alone that has moved on or is over', async () => {
    const job = await schedule();
    await transition(table, job, { from: ['scheduled'], to: 'submitting', order: new Date(submitAt).toISOString() });
    expect(await requeue(table, limits, job, { sent: false })).toBeUndefined();
    expect((await permitOf(table, 0)).freeAt).toBe(submitAt + 63_000);
    await endJob(table, job, ['submitting'], { to: 'failed' });
    expect(await requeue(table, limits, { ...job, state: 'submitting' }, { sent: false })).toBeUndefined();
    expect((await readJob(table, job)).state).toBe('failed');
  });
});
