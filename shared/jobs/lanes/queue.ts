import { getItems } from '../../aws/batch-get.ts';
import { condition } from '../../aws/expressions.ts';
import type { Item } from '../../aws/items.ts';
import { getItem, queryFirst, queryPages, type Table } from '../../aws/table.ts';
import type { Priority } from '../../priority.ts';
import type { Job } from '../job.ts';
import { type delayedPart, queuedPart } from '../job-store.ts';
import { parseOpenJobs } from '../set-aside.ts';
import type { LaneQueue } from './lane.ts';

// A page of DynamoDB ends at 1 MB anyway.
const maxPageSize = 100;

/**
 * The jobs of one priority in the order of service, in groups that are read as late as possible; those that have left the queue
 * meanwhile are left out. Claim them conditionally.
 *
 * @param groupSize how many are read at a time, at most
 * @param without callers whose jobs are left out
 */
export async function* queuedJobs(
  queue: LaneQueue,
  priority: Priority,
  groupSize: number,
  without: ReadonlySet<string> = new Set(),
): AsyncGenerator<Job[]> {
  const { table, name } = queue;
  // The index lags behind: heads that others have just claimed still stand in it.
  const pageSize = Math.min(maxPageSize, 3 * groupSize);
  const pages = queryPages(table, { index: 'queue', where: isQueuedAt(queue, priority), pageSize });
  for await (const { Items = [] } of pages) {
    const keys = Items.filter(({ caller }) => !without.has(String(caller))).map(toKey);
    for (let start = 0; start < keys.length; start += groupSize) {
      const group = keys.slice(start, start + groupSize);
      const items = new Map((await getItems(table, group, 'all')).map((item) => [item['pk'], item]));
      const queued = group.flatMap(({ pk }): Item[] => {
        const item = items.get(pk);
        return item?.['queueState'] === queuedPart(name) ? [item] : [];
      });
      yield await parseOpenJobs(table, queued);
    }
  }
}

const toKey = ({ pk, sk }: Item) => ({ pk: String(pk), sk: String(sk) });

/** When the next jobs of one priority were made (ISO), at most so many. */
export const headOfQueue = async (queue: LaneQueue, priority: Priority, limit: number): Promise<string[]> => {
  const entries = await queryFirst(queue.table, { index: 'queue', where: isQueuedAt(queue, priority) }, limit);
  return entries.map(({ createdAt }) => String(createdAt));
};

/** Whether no job of a lane waits for its turn, as one read tells; a job of the last moment may be missed. */
export const isQueueEmpty = async ({ table, name }: LaneQueue): Promise<boolean> => {
  const where = condition`#queueState = ${queuedPart(name)}`;
  return (await queryFirst(table, { index: 'queue', where }, 1)).length === 0;
};

const isQueuedAt = ({ name }: LaneQueue, priority: Priority) =>
  condition`#queueState = ${queuedPart(name)} AND begins_with(#queueOrder, ${`${priority}#`})`;

/** The index says where to look, the record what is: it may have moved on. */
const readEntry = (table: Table, entry: Item): Promise<Item | undefined> => getItem(table, toKey(entry));

/**
 * Jobs of all lanes that wait until a time, hold a turn or are at Adobe, and whose time lies before the given one; page by page,
 * so that those which nothing can be done about do not take the places of others.
 */
export async function* overdueJobs(
  table: Table,
  part: typeof delayedPart | 'scheduled' | 'active',
  beforeMs: number,
  pageSize: number,
): AsyncGenerator<Job[]> {
  const before = new Date(beforeMs).toISOString();
  const where = condition`#queueState = ${part} AND #queueOrder < ${before}`;
  const isOverdue = (item: Item) => item['queueState'] === part && String(item['queueOrder']) < before;
  for await (const { Items = [] } of queryPages(table, { index: 'queue', where, pageSize })) {
    const items = await Promise.all(Items.map((entry) => readEntry(table, entry)));
    yield await parseOpenJobs(
      table,
      items.flatMap((item) => (item !== undefined && isOverdue(item) ? [item] : [])),
    );
  }
}
