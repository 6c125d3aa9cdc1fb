import { describe, expect, it } from 'vitest';
import type { Table } from '#shared/aws/table.ts';
import { type JobState, jobStates } from '#shared/jobs/job.ts';
import { deleteJob } from '#shared/jobs/job-store.ts';
import type { Lane } from '#shared/jobs/lanes/lane.ts';
import { endJob, transition } from '#shared/jobs/transitions.ts';
import { allItems, itemOf, readJob } from '#test/fixtures/job-table.ts';
import type { ManualClock } from '#test/fixtures/manual-clock.ts';
import { enqueue } from '#test/fixtures/queue.ts';
import { useJobTable } from '#test/fixtures/use-job-table.ts';

let clock: ManualClock;
let table: Table;
let lane: Lane;
useJobTable((fresh) => {
  ({ table, lane, clock } = fresh);
});

const iso = () => new Date(clock.now()).toISOString();

describe('transition', () => {
  it('moves the job, remembers when, and takes it to its part of the queue index', async () => {
    const job = await enqueue(lane);
    const places: Record<string, unknown> = {};
    for (const to of ['scheduled', 'submitting', 'running', 'storing'] as const) {
      clock.advance(1_000);
      const before = await readJob(table, job);
      await transition(table, before, { from: [before.state], to, order: `order of ${to}` });
      const { queueState, queueOrder, state, updatedAt, history } = await itemOf(table, job);
      expect({ state, updatedAt, last: (history as object[]).at(-1) }).toEqual({
        state: to,
        updatedAt: iso(),
        last: { state: to, at: iso() },
      });
      places[to] = [queueState, queueOrder];
    }
    expect(places).toEqual({
      scheduled: ['scheduled', 'order of scheduled'],
      submitting: ['active', 'order of submitting'],
      running: ['active', 'order of running'],
      storing: ['active', 'order of storing'],
    });
  });

  it('sets and removes what it is told', async () => {
    const job = await enqueue(lane);
    const set = await transition(table, job, {
      from: ['queued'],
      to: 'scheduled',
      order: iso(),
      changes: { submitAt: 1, permits: [] },
    });
    expect(set).toMatchObject({ submitAt: 1, permits: [] });
    const removed = await transition(table, job, {
      from: ['scheduled'],
      to: 'queued',
      order: job.rank,
      changes: { submitAt: undefined, permits: undefined },
    });
    expect(removed).not.toHaveProperty('submitAt');
    expect(removed).not.toHaveProperty('permits');
  });

  it.each<[string, { from: JobState[]; turn?: number; cancelled?: boolean }]>([
    ['is in another state', { from: ['scheduled', 'running'] }],
    ['is in another turn', { from: ['queued'], turn: 1 }],
    ['is to be cancelled', { from: ['queued'], cancelled: true }],
  ])('does nothing if the job %s', async (_, { from, turn = 0, cancelled = false }) => {
    const job = await enqueue(lane);
    if (cancelled) {
      await transition(table, job, {
        from: ['queued'],
        to: 'queued',
        order: job.rank,
        changes: { cancelRequestedAt: iso() },
      });
    }
    const before = await itemOf(table, job);
    const moved = await transition(
      table,
      { ...job, turn },
      { from, to: 'running', order: iso(), unlessCancelRequested: true },
    );
    expect(moved).toBeUndefined();
    expect(await itemOf(table, job)).toEqual(before);
  });

  it('does not bring an erased job back', async () => {
    const job = await enqueue(lane);
    await deleteJob(table, job.jobId);
    expect(await transition(table, job, { from: ['queued'], to: 'scheduled', order: iso() })).toBeUndefined();
    expect((await allItems(table)).filter(({ sk }) => sk === 'job')).toEqual([]);
  });

  it('lets exactly one of many concurrent moves happen', async () => {
    const job = await enqueue(lane);
    const moves = await Promise.all(
      Array.from({ length: 10 }, (_, submitAt) =>
        transition(table, job, { from: ['queued'], to: 'scheduled', order: iso(), changes: { submitAt } }),
      ),
    );
    const happened = moves.filter((moved) => moved !== undefined);
    expect(happened).toHaveLength(1);
    expect((await readJob(table, job)).submitAt).toBe(happened[0]?.submitAt);
  });

  it('keeps the record of a job that is put back for days small, and still records its end', async () => {
    const job = await enqueue(lane);
    const late = { ...job, turn: 301 };
    await transition(table, job, { from: ['queued'], to: 'scheduled', order: iso(), changes: { turn: 301 } });
    await transition(table, late, { from: ['scheduled'], to: 'queued', order: job.rank });
    expect((await readJob(table, job)).history).toHaveLength(2);
    await endJob(table, late, ['queued'], { to: 'cancelled' });
    expect((await readJob(table, job)).history.at(-1)?.state).toBe('cancelled');
  });
});

describe('endJob', () => {
  const finals = ['succeeded', 'failed', 'cancelled', 'timed_out'] as const;

  it.each(finals)('marks a job that %s as unpublished, out of the queue, kept for its time', async (to) => {
    const job = await enqueue(lane, { retentionSeconds: 3_600 });
    clock.advance(5_000);
    await endJob(table, job, ['queued'], { to, error: { code: 'c', message: 'm' } });
    expect(await itemOf(table, job)).toMatchObject({
      state: to,
      finishedAt: iso(),
      unpublished: 'job',
      expiresAt: clock.now() / 1000 + 3_600,
      error: { code: 'c', message: 'm' },
    });
    expect(await itemOf(table, job)).not.toHaveProperty('queueState');
    expect(await itemOf(table, job)).not.toHaveProperty('queueOrder');
  });

  it('keeps a job of a batch, which is needed for the report however long the others take', async () => {
    const job = await enqueue(lane, { batchId: 'batch', line: 1, retentionSeconds: 60 });
    const ended = await endJob(table, job, ['queued'], { to: 'cancelled' });
    expect(await itemOf(table, job)).not.toHaveProperty('expiresAt');
    expect(ended?.state).toBe('cancelled');
  });

  it('ends a job once: whoever comes first', async () => {
    const job = await enqueue(lane);
    const ends = await Promise.all(finals.map((to) => endJob(table, job, jobStates.slice(0, 5), { to })));
    const happened = ends.filter((ended) => ended !== undefined);
    expect(happened).toHaveLength(1);
    expect((await readJob(table, job)).state).toBe(happened[0]?.state);
    expect((await readJob(table, job)).history).toHaveLength(2);
  });
});
