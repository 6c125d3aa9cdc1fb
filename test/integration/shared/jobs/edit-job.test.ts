import { describe, expect, it } from 'vitest';
import type { Table } from '#shared/aws/table.ts';
import { updateItem } from '#shared/aws/table.ts';
import { setFavourite, setLabels } from '#shared/jobs/edit-job.ts';
import type { Job } from '#shared/jobs/job.ts';
import { deleteJob, getJob, jobKey } from '#shared/jobs/job-store.ts';
import type { Lane } from '#shared/jobs/lanes/lane.ts';
import { endJob, transition } from '#shared/jobs/transitions.ts';
import { allItems, itemOf } from '#test/fixtures/job-table.ts';
import type { ManualClock } from '#test/fixtures/manual-clock.ts';
import { enqueue } from '#test/fixtures/queue.ts';
import { useJobTable } from '#test/fixtures/use-job-table.ts';

let table: Table;
let lane: Lane;
let clock: ManualClock;
useJobTable((fresh) => {
  ({ table, lane, clock } = fresh);
});

const order = '2026-03-01T12:00:00.000Z';
const publish = (job: Job) => updateItem(table, jobKey(job.jobId), { remove: ['unpublished'] });

describe('labels and favourites', () => {
  it('lose nothing, and nothing is lost by them, whatever is written at the same time', async () => {
    const job = await enqueue(lane);
    const [moved, ...edited] = await Promise.all([
      transition(table, job, { from: ['queued'], to: 'scheduled', order, changes: { submitAt: 7 } }),
      setLabels(table, job, { campaign: 'spring' }),
      setFavourite(table, job, true),
    ]);
    expect([moved, ...edited]).not.toContain(undefined);
    expect(await getJob(table, job.jobId)).toMatchObject({
      state: 'scheduled',
      submitAt: 7,
      turn: job.turn,
      labels: { campaign: 'spring' },
      favourite: true,
    });
  });

  it('leave the time of the last step, by which the execution of a job judges its own work', async () => {
    const job = await enqueue(lane);
    clock.advance(60_000);
    await setLabels(table, job, { campaign: 'spring' });
    await setFavourite(table, job, true);
    expect((await getJob(table, job.jobId))?.updatedAt).toBe(job.updatedAt);
  });

  it('replace all labels, and take away the favourite and the last label', async () => {
    const job = await enqueue(lane, { labels: { campaign: 'spring', team: 'brand' } });
    await setFavourite(table, job, true);
    expect(await setLabels(table, job, { campaign: 'summer' })).toMatchObject({ labels: { campaign: 'summer' } });
    await setLabels(table, job, {});
    const { labels, favourite } = { ...(await setFavourite(table, job, false)) };
    expect({ labels, favourite }).toEqual({});
  });

  it('leave the labels of a job alone while its end is counted and published', async () => {
    const job = await enqueue(lane, { labels: { campaign: 'spring' } });
    await endJob(table, job, ['queued'], { to: 'failed' });
    expect(await setLabels(table, job, { campaign: 'summer' })).toBe('ending');
    expect((await getJob(table, job.jobId))?.labels).toEqual({ campaign: 'spring' });
    expect(await setFavourite(table, job, true)).toMatchObject({ favourite: true });
    await publish(job);
    expect(await setLabels(table, job, { campaign: 'summer' })).toMatchObject({ labels: { campaign: 'summer' } });
  });

  it("bring no erased job back, and touch no other caller's", async () => {
    const job = await enqueue(lane);
    expect(await setFavourite(table, { ...job, caller: 'bob' }, true)).toBeUndefined();
    await deleteJob(table, job.jobId);
    expect(await setLabels(table, job, { campaign: 'spring' })).toBeUndefined();
    expect(await setFavourite(table, job, true)).toBeUndefined();
    expect(await getJob(table, job.jobId)).toBeUndefined();
  });
});

describe('the beginning of a prompt', () => {
  const prompt = 'a cat coding';

  it('stands in the record of its job, and in no job that a step reads', async () => {
    const job = await enqueue(lane);
    expect((await itemOf(table, job))['prompt']).toBe(prompt);
    expect(JSON.stringify(await getJob(table, job.jobId))).not.toContain(prompt);
    expect(JSON.stringify(await endJob(table, job, ['queued'], { to: 'failed' }))).not.toContain(prompt);
  });

  it('is erased with its job, at once even where the record has to stay until its end is published', async () => {
    const job = await enqueue(lane);
    await endJob(table, job, ['queued'], { to: 'failed' });
    expect(await deleteJob(table, job.jobId)).toBe(false);
    expect(JSON.stringify(await allItems(table))).not.toContain(prompt);
    await publish(job);
    expect(await deleteJob(table, job.jobId)).toBe(true);
    expect(JSON.stringify(await allItems(table))).not.toContain(job.jobId);
  });
});
