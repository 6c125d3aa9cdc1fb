import { beforeEach, describe, expect, it } from 'vitest';
import type { Table } from '#shared/aws/table.ts';
import { setFavourite } from '#shared/jobs/edit-job.ts';
import { type Job, jobSchema } from '#shared/jobs/job.ts';
import { type ChangesQuery, listChanges } from '#shared/jobs/job-changes.ts';
import { cancelJob } from '#shared/jobs/lanes/cancel.ts';
import type { Lane } from '#shared/jobs/lanes/lane.ts';
import { setAsideJob } from '#shared/jobs/set-aside.ts';
import { endJob, transition } from '#shared/jobs/transitions.ts';
import type { ManualClock } from '#test/fixtures/manual-clock.ts';
import { enqueue } from '#test/fixtures/queue.ts';
import { useJobTable } from '#test/fixtures/use-job-table.ts';

let clock: ManualClock;
let table: Table;
let lane: Lane;
useJobTable((fresh) => {
  ({ table, lane, clock } = fresh);
});

describe('listChanges', () => {
  const jobs: Job[] = [];
  beforeEach(async () => {
    jobs.length = 0;
    for (let index = 0; index < 3; index += 1) {
      clock.advance(1_000);
      jobs.push(await enqueue(lane));
    }
    clock.advance(1_000);
  });

  const job = (index: number): Job => jobs[index] as Job;
  const now = (): string => new Date(clock.now()).toISOString();
  const ask = async (query: Partial<ChangesQuery> = {}) => {
    const { jobs: found, next } = await listChanges(
      table,
      { caller: 'alice', since: '2000-01-01T00:00:00.000Z', limit: 10, ...query },
      jobSchema(),
    );
    return { found: found.map(({ jobId }) => jobs.findIndex((each) => each.jobId === jobId)), next };
  };

  it('lists the jobs of a caller by their last changes, each once', async () => {
    await transition(table, job(0), { from: ['queued'], to: 'scheduled', order: now() });
    expect((await ask()).found).toEqual([1, 2, 0]);
    expect((await ask({ caller: 'bob' })).found).toEqual([]);
  });

  it('ends a page before its answer is too large, and meets every job', async () => {
    for (const each of jobs) {
      clock.advance(1);
      const output = { bucket: 'b', key: 'k', sha256: '0', bytes: 1, contentType: 'image/png' };
      await endJob(table, each, ['queued'], { to: 'succeeded', outputs: [output, output] });
    }
    const all: number[] = [];
    const sizes: number[] = [];
    let after: string | undefined;
    do {
      const { found, next } = await ask({ after, bytesPerOutput: 700_000 });
      all.push(...found);
      sizes.push(found.length);
      after = next;
    } while (after !== undefined);
    expect(all).toEqual([0, 1, 2]);
    expect(sizes).toEqual([2, 1]);
  });

  it('meets whatever changes a job', async () => {
    const since = now();
    clock.advance(1);
    expect((await ask({ since })).found).toEqual([]);
    await setFavourite(table, job(2), true);
    clock.advance(1);
    await endJob(table, job(1), ['queued'], { to: 'failed' });
    clock.advance(1);
    await setAsideJob(table, job(0));
    expect((await ask({ since })).found).toEqual([2, 1, 0]);
    clock.advance(1);
    const running = await enqueue(lane);
    await transition(table, running, { from: ['queued'], to: 'running', order: now() });
    clock.advance(1);
    const asked = now();
    await cancelJob(table, { ...running, state: 'running' });
    jobs.push(running);
    expect((await ask({ since: asked })).found).toEqual([3]);
  });

  it('goes on behind a page, where a job that changes meanwhile is met again', async () => {
    const first = await ask({ limit: 2 });
    expect(first.found).toEqual([0, 1]);
    await setFavourite(table, job(0), true);
    const second = await ask({ limit: 2, after: first.next });
    expect(second.found).toEqual([2, 0]);
    expect((await ask({ limit: 2, after: second.next })).found).toEqual([]);
  });

  it('looks at as many as a page has, wanted or not', async () => {
    await setFavourite(table, job(2), true);
    const first = await ask({ limit: 2, isFavourite: true });
    expect(first.found).toEqual([]);
    expect((await ask({ limit: 2, isFavourite: true, after: first.next })).found).toEqual([2]);
  });
});
