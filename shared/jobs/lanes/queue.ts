import { getItems } from '../../aws/batch-get.ts';
import { condition } from '../../aws/expressions.ts';
import type { Item } from '../../aws/items.ts';
import { getItem, queryFirst, queryPages, type Table } from '../../aws/table.ts';
import { type Priority, priorities } from '../../priority.ts';
import type { Job } from '../job.ts';
import { type delayedPart, queuedPart } from '../job-store.ts';
import { parseOpenJobs } from '../set-aside.ts';
import type { LaneQueue } from './lane.ts';

// A page of DynamoDB ends at 1 MB anyway.
const maxPageSize = 100;

/** Where the jobs of a lane stand that wait, by their priorities and there in the order of service, as one read tells. */
export type ShortQueue = ReadonlyMap<Priority, readonly Item[]>;

/**
 * Lists a queue that is so short that one read tells all of it; a job of the last moment may be missed.
 *
 * @param limit how many entries are read at most
 * @returns an empty map if no job waits; undefined of a longer queue, which is read priority by priority
 */
export const listShortQueue = async ({ table, name }: LaneQueue, limit: number): Promise<ShortQueue | undefined> => {
  const where = condition`#queueState = ${queuedPart(name)}`;
  for await (const { Items: entries = [], LastEvaluatedKey } of queryPages(table, {
    index: 'queue',
    where,
    pageSize: limit,
  })) {
    if (LastEvaluatedKey !== undefined) return undefined;
    const isAt = (priority: Priority) => (entry: Item) => String(entry['queueOrder']).startsWith(`${priority}#`);
    const found = priorities.map((priority) => [priority, entries.filter(isAt(priority))] as const);
    return new Map(found.filter(([, ofPriority]) => ofPriority.length > 0));
  }
  return new Map();
};

/**
 * The jobs of one priority in the order of service, in groups that are read as late as possible; those that have left the queue
 * meanwhile are left out. Claim them conditionally.
 *
 * @param groupSize how many are read at a time, at most
 * @param options.without callers whose jobs are left out
 * @param options.listed the whole queue, if it has been read already
 */
export async function* queuedJobs(
  queue: LaneQueue,
  priority: Priority,
  groupSize: number,
  { without = new Set(), listed }: { without?: ReadonlySet<string>; listed?: ShortQueue | undefined } = {},
): AsyncGenerator<Job[]> {
  const { table, name } = queue;
  // The index lags behind: heads that others have just claimed still stand in it.
  const pageSize = Math.min(maxPageSize, 3 * groupSize);
  const pages = listed
    ? [{ Items: [...(listed.get(priority) ?? [])] }]
    : queryPages(table, { index: 'queue', where: isQueuedAt(queue, priority), pageSize });
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
