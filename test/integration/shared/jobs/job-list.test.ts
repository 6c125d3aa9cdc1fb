import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Table, updateItem } from '#shared/aws/table.ts';
import { jobSchema } from '#shared/jobs/job.ts';
import { listJobs } from '#shared/jobs/job-list.ts';
import { getJob, jobKey, orderOf, statePart } from '#shared/jobs/job-store.ts';
import type { Lane } from '#shared/jobs/lanes/lane.ts';
import { endJob } from '#shared/jobs/transitions.ts';
import { itemOf, putItems, type TestDynamoDb } from '#test/fixtures/job-table.ts';
import type { ManualClock } from '#test/fixtures/manual-clock.ts';
import { createLane, enqueue, newJob } from '#test/fixtures/queue.ts';
import { inTier } from '#test/fixtures/tier.ts';
import { useJobTable } from '#test/fixtures/use-job-table.ts';

let clock: ManualClock;
let table: Table;
let lane: Lane;
let dynamoDb: TestDynamoDb;
useJobTable((fresh) => {
  ({ table, lane, clock, dynamoDb } = fresh);
});

describe('listJobs', () => {
  const listAll = async (limit: number, state?: 'queued' | 'cancelled', caller = 'alice'): Promise<string[][]> => {
    const pages: string[][] = [];
    let after: string | undefined;
    do {
      const page = await listJobs(table, { caller, states: state && [state], after, limit }, jobSchema());
      pages.push(page.jobs.map(({ jobId }) => jobId));
      after = page.next;
    } while (after !== undefined);
    return pages;
  };

  const queueMany = async (count: number): Promise<string[]> => {
    const ids: string[] = [];
    for (let index = 0; index < count; index += 1) {
      // Two jobs share each millisecond.
      if (index % 2 === 0) clock.advance(1);
      ids.push((await enqueue(lane)).jobId);
    }
    return ids;
  };

  it('pages through all jobs of the caller, newest first, each once', async () => {
    const ids = await queueMany(7);
    await enqueue(lane, { caller: 'bob' });
    const pages = await listAll(3);
    expect(pages.map((page) => page.length)).toEqual([3, 3, 1]);
    expect(pages.flat().toSorted()).toEqual(ids.toSorted());
    const times = await Promise.all(pages.flat().map(async (id) => (await getJob(table, id))?.createdAt ?? ''));
    expect(times).toEqual(times.toSorted().reverse());
  });

  it('has no empty last page', async () => {
    await queueMany(6);
    expect((await listAll(3)).map((page) => page.length)).toEqual([3, 3]);
    expect((await listAll(6)).map((page) => page.length)).toEqual([6]);
    expect(await listAll(3, undefined, 'nobody')).toEqual([[]]);
  });

  it('leaves out and reports a job that cannot be read', async () => {
    const ids = await queueMany(4);
    const [spoilt = ''] = ids.splice(1, 1);
    await updateItem(table, jobKey(spoilt), { set: { turn: 'first' } });
    const unreadable: string[] = [];
    table.onUnreadable = ({ key }) => void unreadable.push(key.pk);
    expect((await listAll(3)).flat().toSorted()).toEqual(ids.toSorted());
    expect(unreadable).toEqual([`job#${spoilt}`]);
    await expect(getJob(table, spoilt)).rejects.toThrow(/wrong in turn/);
  });

  it('finds the few of one state among the many of others', async () => {
    const whole = await itemOf(table, await enqueue(lane, { caller: 'bob' }));
    const item = (index: number) => ({
      ...whole,
      ...newJob({ jobId: `job-${index}` }),
      pk: `job#job-${index}`,
      sk: 'job',
      state: [0, 110, 229].includes(index) ? ('cancelled' as const) : ('queued' as const),
      createdOrder: orderOf(new Date(clock.now() + index).toISOString(), `job-${index}`),
    });
    const stand = (each: ReturnType<typeof item>) => ({ ...each, callerState: statePart('alice', each.state) });
    await putItems(
      table,
      Array.from({ length: 230 }, (_, index) => stand(item(index))),
    );
    expect((await listAll(2, 'cancelled')).flat()).toEqual(['job-229', 'job-110', 'job-0']);
    expect((await listAll(100, 'queued')).flat()).toHaveLength(227);
  });

  it('leaves out what has passed its time', async () => {
    const job = await enqueue(lane, { retentionSeconds: 60 });
    await endJob(table, job, ['queued'], { to: 'cancelled' });
    expect((await listAll(10)).flat()).toEqual([job.jobId]);
    clock.advance(60_000);
    expect((await listAll(10)).flat()).toEqual([]);
  });
});

describe('a page', () => {
  /** Jobs of one caller, written as they are, each a millisecond after the one after. */
  const write = async (fields: object[]): Promise<string[]> => {
    const whole = await itemOf(table, await enqueue(lane, { caller: 'bob' }));
    const items = fields.map((each, index) => {
      const jobId = `job-${String(index).padStart(6, '0')}`;
      const createdAt = new Date(clock.now() + index).toISOString();
      return {
        ...whole,
        ...each,
        caller: 'alice',
        jobId,
        pk: `job#${jobId}`,
        sk: 'job',
        createdAt,
        createdOrder: orderOf(createdAt, jobId),
      };
    });
    await putItems(table, items);
    return items.map(({ jobId }) => jobId).reverse();
  };

  const readAll = async (options: { isFavourite?: boolean; limit: number }) => {
    const pages: { ids: string[]; bytes: number; searchedTo?: string }[] = [];
    let after: string | undefined;
    do {
      const page = await listJobs(table, { caller: 'alice', after, ...options }, jobSchema());
      const bytes = Buffer.byteLength(JSON.stringify(page.jobs));
      pages.push({ ids: page.jobs.map(({ jobId }) => jobId), bytes, searchedTo: page.searchedTo });
      after = page.next;
    } while (after !== undefined);
    return pages;
  };

  // The bound is 5,000: it takes seconds to write as many.
  it.each(inTier<number[]>([], [5_201]))(
    'looks at a bounded number of %i jobs where what is wanted is rare, and leads on',
    async (length) => {
      const ids = await write(Array.from({ length }, (_, index) => ({ favourite: index === 0 })));
      const pages = await readAll({ isFavourite: true, limit: 1 });
      expect(pages.map((page) => page.ids)).toEqual([[], ['job-000000']]);
      const made = (index: number) => new Date(clock.now() + index).toISOString();
      expect(pages.map(({ searchedTo }) => searchedTo)).toEqual([made(201), made(0)]);
      expect(ids).toHaveLength(length);
    },
  );

  it('has a bounded size, and all pages together every job once, in their order, however large they are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 250_000 }), { maxLength: 40 }),
        fc.integer({ min: 1, max: 100 }),
        async (sizes, limit) => {
          table = await dynamoDb.table(clock);
          lane = createLane(table);
          const error = (size: number) => ({ code: 'internal_error', message: 'x'.repeat(size) });
          const ids = await write(sizes.map((size) => ({ state: 'failed', error: error(size) })));
          const pages = await readAll({ limit });
          expect(pages.flatMap((page) => page.ids)).toEqual(ids);
          expect(Math.max(...pages.map(({ bytes }) => bytes))).toBeLessThan(3.5 * 1024 * 1024);
          expect(Math.max(...pages.map((page) => page.ids.length))).toBeLessThanOrEqual(limit);
        },
      ),
      { numRuns: inTier(3, 20) },
    );
  });
});
