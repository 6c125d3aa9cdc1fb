import { condition } from '../../aws/expressions.ts';
import type { Item } from '../../aws/items.ts';
import { countItems, queryPages, type Table, updateItem } from '../../aws/table.ts';
import { type Priority, priorities } from '../../priority.ts';
import type { Job, JobState } from '../job.ts';
import { heldEntry, heldPart, jobKey, queuedEntry, queuedPart } from '../job-store.ts';
import { type CallerPause, isHolding, servedBefore } from './caller-pauses.ts';
import type { LaneQueue } from './lane.ts';
import { countLimit } from './queue-counts.ts';
import { buildRank, readServedRound, readShift, shiftRank, takeHeldRounds, takeRounds } from './rounds.ts';

/**
 * The queued jobs of a paused caller wait in a part of the queue's index of their own, so that dispatch never meets them. There they stand by
 * rounds as they were before the caller's pauses; back in the queue, these are later by what all pauses together have
 * moved the caller on.
 */

/** A job's entry in the index, in the queue or apart from it. */
export interface WaitingEntry {
  jobId: string;
  caller: string;
  rank: string;
}

// Of each priority in turn.
const pageSize = 100;

const isStillQueued = (part: string, order: string) =>
  condition`#state = ${'queued' satisfies JobState} AND #queueState = ${part} AND #queueOrder = ${order}`;

/** Where the next jobs of a caller are to wait: in the queue, or apart from it while the caller is paused. */
export const takePlaces = async (
  queue: LaneQueue,
  caller: string,
  priority: Priority,
  { count, pause, readServed }: { count: number; pause: CallerPause | undefined; readServed?: typeof readServedRound },
): Promise<{ firstRound: number; isHeld: boolean }> => {
  if (pause === undefined || !isHolding(pause)) {
    return { firstRound: await takeRounds(queue, caller, priority, count, readServed), isHeld: false };
  }
  const served = servedBefore(pause, queue.name, priority) ?? (await readServedRound(queue, priority));
  return { firstRound: await takeHeldRounds(queue, caller, priority, { count, served }), isHeld: true };
};

/** Jobs of some callers in a lane's queue, page by page. */
export async function* queuedJobsOf(
  { table, name }: LaneQueue,
  callers: ReadonlySet<string>,
): AsyncGenerator<WaitingEntry[]> {
  const where = condition`#queueState = ${queuedPart(name)}`;
  for await (const { Items = [] } of queryPages(table, { index: 'queue', where })) {
    yield Items.filter(({ caller }) => callers.has(String(caller))).map((item) => readEntry(item, ''));
  }
}

const readEntry = ({ queueOrder, caller }: Item, prefix: string): WaitingEntry => {
  const rank = String(queueOrder).slice(prefix.length);
  return { jobId: rank.slice(rank.lastIndexOf('#') + 1), caller: String(caller), rank };
};

/**
 * Takes a queued job of a paused caller out of the queue.
 *
 * @param shift see {@link readShift}
 */
export const holdJob = async (
  { table, name: lane }: LaneQueue,
  entry: WaitingEntry,
  shift: number,
): Promise<boolean> => {
  const place = shiftRank(entry.rank, -shift);
  const held = await updateItem(table, jobKey(entry.jobId), {
    set: { ...place, ...heldEntry({ caller: entry.caller, lane, rank: place.rank }) },
    when: isStillQueued(queuedPart(lane), entry.rank),
  });
  return held !== undefined;
};

/** The jobs of a caller that wait apart from the queue of a lane at a priority, in their order, page by page. */
export async function* heldJobs(
  { table, name }: LaneQueue,
  caller: string,
  priority: Priority,
): AsyncGenerator<WaitingEntry[]> {
  const prefix = `${name}#`;
  const where = condition`#queueState = ${heldPart(caller)} AND begins_with(#queueOrder, ${`${prefix}${priority}#`})`;
  for await (const { Items = [] } of queryPages(table, { index: 'queue', where, pageSize })) {
    yield Items.map((item) => readEntry(item, prefix));
  }
}

/** Puts a job back into the queue of its lane, at the place that it has after the pause. */
export const returnJob = async (
  { table, name: lane }: LaneQueue,
  { jobId, caller, rank }: WaitingEntry,
  shift: number,
): Promise<boolean> => {
  const place = shiftRank(rank, shift);
  const held = heldEntry({ caller, lane, rank });
  const returned = await updateItem(table, jobKey(jobId), {
    set: { ...place, ...queuedEntry({ lane, rank: place.rank }) },
    when: isStillQueued(held.queueState, held.queueOrder),
  });
  return returned !== undefined;
};

/** Reads each caller's shift of a lane once for each priority. */
export const createShifts = (queue: LaneQueue): ((caller: string, rank: string) => Promise<number>) => {
  const known = new Map<string, Promise<number>>();
  return (caller, rank) => {
    const priority = priorities.find((each) => rank.startsWith(`${each}#`)) ?? 'normal';
    const key = `${priority}#${caller}`;
    const shift = known.get(key) ?? readShift(queue, caller, priority);
    known.set(key, shift);
    return shift;
  };
};

/** How many jobs of a caller wait apart from the queues of all lanes, counted up to {@link countLimit}. */
export const countHeld = (table: Table, caller: string): Promise<number> =>
  countItems(table, { index: 'queue', where: condition`#queueState = ${heldPart(caller)}` }, countLimit);

/** A place in the queue for one job. */
export const toPlace = (
  { priority, jobId }: Pick<Job, 'priority' | 'jobId'>,
  round: number,
  isHeld: boolean,
): { rank: string; round: number; isHeld: boolean } => ({ rank: buildRank(priority, round, jobId), round, isHeld });
