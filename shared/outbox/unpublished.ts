import { condition, exists } from '../aws/expressions.ts';
import { type Item, parseEach } from '../aws/items.ts';
import { getItem, queryFirst, type Table, updateItem } from '../aws/table.ts';
import type { Batch } from '../batches/batch.ts';
import { parseBatch, unpublishedBatch } from '../batches/batch-store.ts';
import type { Job } from '../jobs/job.ts';
import { parseJob, unpublishedJob } from '../jobs/job-store.ts';

/** Jobs that ended before the given time (epoch ms), and whose end a crash kept from being published. */
export const unpublishedJobs = (table: Table, beforeMs: number, limit: number): Promise<Job[]> =>
  findMarked(table, unpublishedJob, parseJob, { beforeMs, limit });

/** Batches that ended before the given time (epoch ms), and whose end a crash kept from being published. */
export const unpublishedBatches = (table: Table, beforeMs: number, limit: number): Promise<Batch[]> =>
  findMarked(table, unpublishedBatch, parseBatch, { beforeMs, limit });

const findMarked = async <Ended>(
  table: Table,
  mark: string,
  parse: (item: Item) => Ended,
  { beforeMs, limit }: { beforeMs: number; limit: number },
): Promise<Ended[]> => {
  const before = new Date(beforeMs).toISOString();
  const where = condition`#unpublished = ${mark} AND #finishedAt < ${before}`;
  const entries = await queryFirst(table, { index: 'unpublished', where }, limit);
  // The index may still hold what has been published meanwhile.
  const records = await Promise.all(entries.map(({ pk, sk }) => getItem(table, { pk: String(pk), sk: String(sk) })));
  const items = records.flatMap((item) => (item?.['unpublished'] === mark ? [item] : []));
  const { parsed, unreadable } = parseEach(table, items, parse);
  // An end that cannot be read cannot be published either; left marked, a few such would take every place for good.
  for (const { key } of unreadable) await updateItem(table, key, { remove: ['unpublished'], when: exists });
  return parsed;
};
