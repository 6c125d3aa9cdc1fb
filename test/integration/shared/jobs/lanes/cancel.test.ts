import { describe, expect, it } from 'vitest';
import { type Table, updateItem } from '#shared/aws/table.ts';
import type { Job, JobState } from '#shared/jobs/job.ts';
import { deleteJob, jobKey } from '#shared/jobs/job-store.ts';
import { cancelJob } from '#shared/jobs/lanes/cancel.ts';
import type { Lane } from '#shared/jobs/lanes/lane.ts';
import { passFence, requeue } from '#shared/jobs/lanes/turn.ts';
import { transition } from '#shared/jobs/transitions.ts';
import { itemOf, readJob, type TestDynamoDb } from '#test/fixtures/job-table.ts';
import { loseAnswers, setsTo } from '#test/fixtures/lost-answers.ts';
import { type ManualClock, noon } from '#test/fixtures/manual-clock.ts';
import { assign, createLane, enqueue, heldMs, readPermits } from '#test/fixtures/queue.ts';
import { useJobTable } from '#test/fixtures/use-job-table.ts';

let dynamoDb: TestDynamoDb;
let clock: ManualClock;
let table: Table;
let lane: Lane;
useJobTable((fresh) => {
  ({ table, lane, clock, dynamoDb } = fresh);
});

const freeAt = async (index: number) => (await readPermits(lane))[index]?.freeAt;

const schedule = (job: Job): Promise<Job | undefined> => assign(lane, job, noon);

const inState = async (state: JobState): Promise<Job> => {
  const job = await enqueue(lane);
  if (state === 'queued') return job;
  return (await transition(table, job, { from: ['queued'], to: state, order: new Date(noon).toISOString() })) as Job;
};

describe('cancelJob', () => {
  it('ends a queued job at once', async () => {
    const job = await enqueue(lane);
    expect(await cancelJob(table, job)).toMatchObject({ outcome: 'cancelled', job: { state: 'cancelled' } });
    expect(await itemOf(table, job)).toMatchObject({ unpublished: 'job' });
    expect(await itemOf(table, job)).not.toHaveProperty('queueState');
  });

  it('ends a scheduled job at once and leaves its permit to another', async () => {
    const job = (await schedule(await enqueue(lane))) as Job;
    expect(await freeAt(0)).toBe(noon + heldMs);
    expect((await cancelJob(table, job))?.outcome).toBe('cancelled');
    expect(await freeAt(0)).toBeLessThanOrEqual(noon + 1);
    expect(await passFence(lane, job)).toEqual({ kind: 'stale' });
  });

  it.each<JobState>(['submitting', 'running'])('asks whoever follows a job that is %s', async (state) => {
    const job = await inState(state);
    expect((await cancelJob(table, job))?.outcome).toBe('requested');
    const asked = await readJob(table, job);
    expect(asked).toMatchObject({ state, cancelRequestedAt: new Date(noon).toISOString() });
    clock.advance(1_000);
    expect((await cancelJob(table, asked))?.job.cancelRequestedAt).toBe(asked.cancelRequestedAt);
  });

  it.each<JobState>(['storing', 'succeeded', 'failed', 'cancelled', 'timed_out'])(
    'comes too late for a job that is %s',
    async (state) => {
      const job = await inState(state);
      const before = await itemOf(table, job);
      expect((await cancelJob(table, job))?.outcome).toBe('too_late');
      expect(await itemOf(table, job)).toEqual(before);
    },
  );

  it('looks again when it was told an old state', async () => {
    const queued = await enqueue(lane);
    const scheduled = (await schedule(queued)) as Job;
    expect(await cancelJob(table, queued)).toMatchObject({ outcome: 'cancelled', job: { turn: 1 } });
    expect(await freeAt(0)).toBeLessThanOrEqual(noon + 1);
    // Its wish has come true since it looked.
    expect((await cancelJob(table, scheduled))?.outcome).toBe('cancelled');
  });

  // The history of a job says what its turns came to up to the 300th.
  it.each([1, 301])(
    'leaves the permits to turn %i if it was sent since it looked, though the job is cancelled by now',
    async (turn) => {
      const queued = await enqueue(lane);
      await updateItem(table, jobKey(queued.jobId), { set: { turn: turn - 1 } });
      const scheduled = (await schedule({ ...queued, turn: turn - 1 })) as Job;
      const verdict = await passFence(lane, scheduled);
      // Adobe refuses the request for its rate, and the job is cancelled in the queue; the permit is not settled yet.
      if (verdict.kind !== 'passed') throw new Error(`The fence says ${verdict.kind}.`);
      await cancelJob(table, (await requeue(table, verdict.job, { sent: true })) as Job);
      expect((await cancelJob(table, scheduled))?.outcome).toBe('cancelled');
      expect(await freeAt(0)).toBe(noon + heldMs);
    },
  );

  it.each(['queued', 'scheduled'])('has cancelled a %s job though the answer of DynamoDB is lost', async (state) => {
    const queued = await enqueue(lane);
    const job = state === 'queued' ? queued : ((await schedule(queued)) as Job);
    const { own, client } = dynamoDb.reconnect(table);
    const lost = loseAnswers(client, { times: 1, matches: ({ input }) => setsTo(input, 'state', 'cancelled') });
    expect(await cancelJob(own, job)).toMatchObject({ outcome: 'cancelled', job: { state: 'cancelled' } });
    expect(lost()).toBe(1);
    expect(await freeAt(0)).toBeLessThanOrEqual(noon + 1);
  });

  it('finds nothing to cancel in a job that was erased', async () => {
    const job = await enqueue(lane);
    await deleteJob(table, job.jobId);
    expect(await cancelJob(table, job)).toBeUndefined();
  });
});

describe('a cancel that races', () => {
  it('with dispatch: the job ends, and either its permit was never taken or is free again', async () => {
    for (let race = 0; race < 10; race += 1) {
      const job = await enqueue(lane);
      const [cancellation, begun] = await Promise.all([cancelJob(table, job), schedule(job)]);
      expect(cancellation?.outcome).toBe('cancelled');
      expect((await readJob(table, job)).state).toBe('cancelled');
      if (begun !== undefined) {
        expect(await freeAt(0)).toBeLessThanOrEqual(noon + 1 + race);
        expect(await passFence(lane, begun)).toEqual({ kind: 'stale' });
      }
      table = await dynamoDb.table(clock);
      lane = createLane(table);
    }
  });

  it('with the fence: the job either ends unsent or is submitted with the wish on record', async () => {
    for (let race = 0; race < 10; race += 1) {
      const job = (await schedule(await enqueue(lane))) as Job;
      const [cancellation, verdict] = await Promise.all([cancelJob(table, job), passFence(lane, job)]);
      const now = await readJob(table, job);
      if (verdict.kind === 'passed') {
        expect(cancellation?.outcome).toBe('requested');
        expect(now).toMatchObject({ state: 'submitting', cancelRequestedAt: expect.any(String) });
      } else {
        expect(verdict).toEqual({ kind: 'stale' });
        expect(cancellation?.outcome).toBe('cancelled');
        expect(now.state).toBe('cancelled');
      }
      table = await dynamoDb.table(clock);
      lane = createLane(table);
    }
  });
});
