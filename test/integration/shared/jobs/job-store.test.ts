import { describe, expect, it } from 'vitest';
import type { Table } from '#shared/aws/table.ts';
import { createJob, deleteJob, getJob } from '#shared/jobs/job-store.ts';
import type { Lane } from '#shared/jobs/lanes/lane.ts';
import { buildRank } from '#shared/jobs/lanes/rounds.ts';
import { readRequest } from '#shared/jobs/request-store.ts';
import { endJob } from '#shared/jobs/transitions.ts';
import { itemOf, readJob } from '#test/fixtures/job-table.ts';
import type { ManualClock } from '#test/fixtures/manual-clock.ts';
import { enqueue, newJob } from '#test/fixtures/queue.ts';
import { useJobTable } from '#test/fixtures/use-job-table.ts';

let clock: ManualClock;
let table: Table;
let lane: Lane;
useJobTable((fresh) => {
  ({ table, lane, clock } = fresh);
});

const place = (jobId: string, round = 0) => ({ rank: buildRank('normal', round, jobId), round });

describe('createJob', () => {
  it('queues the job with everything that was asked', async () => {
    const asked = newJob({ warnings: ['unknown field: x'] });
    const { created, job } = await createJob(table, asked, place(asked.jobId));
    expect(created).toBe(true);
    const { request, ...record } = asked;
    expect(job).toMatchObject({ ...record, state: 'queued', turn: 0, attempts: 0, resumes: 0 });
    expect(job.history).toEqual([{ state: 'queued', at: new Date(clock.now()).toISOString() }]);
    expect(await getJob(table, asked.jobId)).toEqual(job);
    expect(await readRequest(table, job)).toEqual({ request });
  });

  it('keeps the table’s own attributes out of the job', async () => {
    const job = await enqueue(lane);
    const own = ['pk', 'sk', 'queueState', 'queueOrder', 'createdOrder', 'unpublished', 'expiresAt'];
    expect(Object.keys(await readJob(table, job)).filter((name) => own.includes(name))).toEqual([]);
  });

  it('creates one job for one id, however many requests come at once', async () => {
    const { jobId } = newJob();
    const results = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        createJob(table, newJob({ jobId, requestHash: `hash-${index}` }), place(jobId, index)),
      ),
    );
    expect(results.filter(({ created }) => created)).toHaveLength(1);
    expect(new Set(results.map(({ job }) => job.requestHash)).size).toBe(1);
  });

  it('gives an id again once its job has passed its time, though DynamoDB has not deleted it yet', async () => {
    const job = await enqueue(lane, { retentionSeconds: 60 });
    await endJob(table, job, ['queued'], { to: 'cancelled' });
    expect((await createJob(table, newJob({ jobId: job.jobId }), place(job.jobId))).created).toBe(false);
    clock.advance(60_000);
    const again = await createJob(table, newJob({ jobId: job.jobId, caller: 'bob' }), place(job.jobId));
    expect(again).toMatchObject({ created: true, job: { caller: 'bob', state: 'queued' } });
    expect(await itemOf(table, job)).not.toHaveProperty('expiresAt');
  });
});

describe('getJob', () => {
  it('knows no job that never was, was erased, or has passed its time', async () => {
    expect(await getJob(table, newJob().jobId)).toBeUndefined();
    const [erased, old] = [await enqueue(lane), await enqueue(lane, { retentionSeconds: 60 })];
    await deleteJob(table, erased.jobId);
    expect(await getJob(table, erased.jobId)).toBeUndefined();
    await endJob(table, old, ['queued'], { to: 'cancelled' });
    clock.advance(59_000);
    expect(await getJob(table, old.jobId)).toBeDefined();
    clock.advance(1_000);
    expect(await getJob(table, old.jobId)).toBeUndefined();
  });
});
