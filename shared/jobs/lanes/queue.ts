import { getItems } from '../../aws/batch-get.ts';
import { allOf, condition } from '../../aws/expressions.ts';
import type { Item } from '../../aws/items.ts';
import { countItems, getItem, queryFirst, queryPages, type Table } from '../../aws/table.ts';
import { type Priority, priorities } from '../../priority.ts';
import type { Job } from '../job.ts';
import { type delayedPart, queuedPart } from '../job-store.ts';
import { parseOpenJobs } from '../set-aside.ts';
import type { LaneQueue } from './lane.ts';
import { turnsBefore } from './priority-order.ts';
import { readTurns } from './rounds.ts';

/** Positions and depths are counted up to this many jobs, to bound the cost of asking. */
export const countLimit = 1000;

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

/**
 * How many turns go to other jobs before this one, counted up to {@link countLimit}: those of its own priority before it, and
 * of the others as many as the order of priorities lets in between. Whatever comes in later is not in it.
 */
export const countTurnsAhead = async (queue: LaneQueue, job: Pick<Job, 'priority' | 'rank'>): Promise<number> => {
  const waiting = { high: 0, normal: 0, low: 0 };
  let behind = false;
  for (const priority of priorities) {
    const own = priority === job.priority;
    // Of ten turns two at most go to lower priorities, so that no more of their jobs can come first.
    const limit = behind ? Math.min(countLimit, Math.ceil((waiting.high + waiting.normal) / 4) + 2) : countLimit;
    waiting[priority] = await countQueued(queue, limit, {
      first: `${priority}#`,
      last: own ? justBefore(job.rank) : `${priority}#~`,
    });
    behind ||= own;
  }
  return turnsBefore(job.priority, waiting, { turns: await readTurns(queue), limit: countLimit });
};

/**
 * How many turns pass before the last of so many jobs of a priority has its own, if they come first there and nothing else
 * comes in; of each other priority up to {@link countLimit} jobs are counted.
 */
export const turnsUntilLast = async (queue: LaneQueue, priority: Priority, jobs: number): Promise<number> => {
  const waiting = { high: 0, normal: 0, low: 0, [priority]: jobs - 1 };
  for (const other of priorities) if (other !== priority) waiting[other] = await countQueuedAt(queue, other);
  return turnsBefore(priority, waiting, { turns: await readTurns(queue), limit: jobs + 2 * countLimit });
};

/** A key behind all ranks that sort before this one: ids are of equal length and consist of characters before `~`. */
const justBefore = (rank: string): string =>
  `${rank.slice(0, -1)}${String.fromCharCode(rank.charCodeAt(rank.length - 1) - 1)}~`;

/** How many jobs of a lane wait for their turn, counted up to {@link countLimit}. */
export const queueDepth = async (queue: LaneQueue): Promise<number> => countQueued(queue, countLimit);

/** The same, of one priority. */
export const countQueuedAt = async (queue: LaneQueue, priority: Priority): Promise<number> =>
  countQueued(queue, countLimit, { first: `${priority}#`, last: `${priority}#~` });

const countQueued = (
  { table, name }: LaneQueue,
  limit: number,
  range?: { first: string; last: string },
): Promise<number> => {
  const isQueued = condition`#queueState = ${queuedPart(name)}`;
  const where = allOf(isQueued, range && condition`#queueOrder BETWEEN ${range.first} AND ${range.last}`);
  return countItems(table, { index: 'queue', where }, limit);
};
