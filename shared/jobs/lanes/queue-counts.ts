import { allOf, condition } from '../../aws/expressions.ts';
import { countItems, countUntil } from '../../aws/table.ts';
import type { Clock } from '../../clock.ts';
import { type Priority, priorities } from '../../priority.ts';
import type { Job } from '../job.ts';
import { queuedPart } from '../job-store.ts';
import type { LaneQueue } from './lane.ts';
import { turnsBefore } from './priority-order.ts';
import { readTurns } from './rounds.ts';

/** Positions and depths are counted up to this many jobs, to bound the cost of asking. */
export const countLimit = 1000;

/** Part of the queue of a priority: up to a key that no job has, or all of it, counted up to a limit. */
interface Stretch {
  priority: Priority;
  to?: string;
  limit?: number;
}

/** Counts the jobs that wait in a part of the queue. */
export type CountQueued = (queue: LaneQueue, stretch: Stretch) => Promise<number>;

/** Counts from the head of the queue on. */
export const countQueued: CountQueued = async (queue, stretch) => {
  const { limit = countLimit } = stretch;
  return Math.min(limit, (await countOn(queue, stretch)).count);
};

/** So many jobs stand before this key. */
interface Mark {
  key: string;
  count: number;
}

interface Marks {
  readAt: number;
  /** In the order of their keys, and so of their counts. */
  marks: Mark[];
}

const maxMarks = 1_000;
const maxAgeMs = 5_000;

/**
 * Makes counts that go on from where one of the last few seconds has ended: those of a hundred jobs read the queue once, and not
 * each of them from its head on.
 */
export const createKeptCounts = (clock: Clock): CountQueued => {
  const known = new Map<string, Marks>();
  return async (queue, stretch) => {
    const { limit = countLimit } = stretch;
    const part = `${queue.name}#${stretch.priority}`;
    const now = clock.now();
    const found = known.get(part);
    const isKept = found !== undefined && now - found.readAt < maxAgeMs && found.marks.length < maxMarks;
    const { marks } = isKept ? found : { marks: [] };
    if (!isKept) known.set(part, { readAt: now, marks });
    const to = stretch.to ?? endOf(stretch.priority);
    const before = marks.findLast(({ key }) => key <= to);
    const behind = marks.find(({ key }) => key >= to);
    if (before !== undefined && (before.count >= limit || before.count === behind?.count)) {
      return Math.min(limit, before.count);
    }
    const counted = await countOn(queue, { ...stretch, to, limit }, before);
    const at = marks.findIndex(({ key }) => key >= counted.key);
    if (marks[at]?.key !== counted.key) marks.splice(at < 0 ? marks.length : at, 0, counted);
    return Math.min(limit, counted.count);
  };
};

/** Counts on from a mark; ends at the end of the stretch, or at its limit. */
const countOn = async (
  { table, name }: LaneQueue,
  { priority, to = endOf(priority), limit = countLimit }: Stretch,
  from: Mark = { key: `${priority}#`, count: 0 },
): Promise<Mark> => {
  const where = allOf(
    condition`#queueState = ${queuedPart(name)}`,
    condition`#queueOrder BETWEEN ${from.key} AND ${to}`,
  );
  const { count, last } = await countUntil(table, { index: 'queue', where }, limit - from.count);
  return { key: last === undefined ? to : keyBehind(String(last['queueOrder'])), count: from.count + count };
};

const endOf = (priority: Priority): string => `${priority}#~`;

/** Ranks are of equal length and consist of characters before `~`. */
const keyBehind = (rank: string): string => `${rank}~`;

/** A key behind all ranks that sort before this one. */
const keyBefore = (rank: string): string =>
  keyBehind(`${rank.slice(0, -1)}${String.fromCharCode(rank.charCodeAt(rank.length - 1) - 1)}`);

/**
 * How many turns go to other jobs before this one, counted up to {@link countLimit}: those of its own priority before it, and
 * of the others as many as the order of priorities lets in between. Whatever comes in later is not in it.
 *
 * @param known.turns how many turns the lane has given; read if it is absent
 */
export const countTurnsAhead = async (
  queue: LaneQueue,
  job: Pick<Job, 'priority' | 'rank'>,
  { count = countQueued, turns }: { count?: CountQueued; turns?: number } = {},
): Promise<number> => {
  const waiting = { high: 0, normal: 0, low: 0 };
  let behind = false;
  for (const priority of priorities) {
    const own = priority === job.priority;
    // Of ten turns two at most go to lower priorities, so that no more of their jobs can come first.
    const limit = behind ? Math.min(countLimit, Math.ceil((waiting.high + waiting.normal) / 4) + 2) : countLimit;
    waiting[priority] = await count(queue, { priority, to: own ? keyBefore(job.rank) : undefined, limit });
    behind ||= own;
  }
  return turnsBefore(job.priority, waiting, { turns: turns ?? (await readTurns(queue)), limit: countLimit });
};

/**
 * How many turns pass before the last of so many jobs of a priority has its own, if they come first there and nothing else
 * comes in; of each other priority up to {@link countLimit} jobs are counted.
 */
export const turnsUntilLast = async (
  queue: LaneQueue,
  priority: Priority,
  jobs: number,
  count: CountQueued = countQueued,
): Promise<number> => {
  const waiting = { high: 0, normal: 0, low: 0, [priority]: jobs - 1 };
  for (const other of priorities) if (other !== priority) waiting[other] = await count(queue, { priority: other });
  return turnsBefore(priority, waiting, { turns: await readTurns(queue), limit: jobs + 2 * countLimit });
};

/** How many jobs of a lane wait for their turn, counted up to {@link countLimit}. */
export const queueDepth = ({ table, name }: LaneQueue): Promise<number> =>
  countItems(table, { index: 'queue', where: condition`#queueState = ${queuedPart(name)}` }, countLimit);
