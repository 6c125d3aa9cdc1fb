import { getItems } from '../../aws/batch-get.ts';
import { condition } from '../../aws/expressions.ts';
import { getItem, type Table, ttlAfter, updateItem } from '../../aws/table.ts';
import { jobPartitions } from '../../deployment/tables.ts';
import type { Priority } from '../../priority.ts';
import type { Job } from '../job.ts';
import { type LaneQueue, lanePartition } from './lane.ts';

/** A job's place in the queue: priority first, then the caller's round, then the id to make it unique. */
export const buildRank = (priority: Priority, round: number, jobId: string): string =>
  `${priority}#${padRound(round)}#${jobId}`;

const padRound = (round: number): string => String(round).padStart(12, '0');

/** The same place by so many rounds later. */
export const shiftRank = (rank: string, by: number): Pick<Job, 'rank' | 'round'> => {
  const [priority = '', round = '', jobId = ''] = rank.split('#');
  const shifted = Math.max(0, Number(round) + by);
  return { rank: `${priority}#${padRound(shifted)}#${jobId}`, round: shifted };
};

const servedRoundKey = (lane: string, priority: Priority) => ({
  pk: lanePartition(lane),
  sk: `round#${lane}#${priority}`,
});
/** Key of the item that counts the turns of a lane. */
export const turnsKey = (lane: string) => ({ pk: lanePartition(lane), sk: 'served' });

// Longer than any job waits: a caller who comes back later begins with the round that is served then, as a new one does.
const roundRetentionSeconds = 90 * 86_400;

/** Reads the last round that was served at a priority of a lane. */
export type ReadServedRound = (queue: LaneQueue, priority: Priority) => Promise<number>;

/**
 * Gives a caller its next round at a priority: max(last round served, the caller's last round + 1). This is start-time
 * fair queueing: a caller with thousands of waiting jobs delays another caller's single job by one round only.
 */
export const takeRound = (
  queue: LaneQueue,
  caller: string,
  priority: Priority,
  readServed?: ReadServedRound,
): Promise<number> => takeRounds(queue, caller, priority, 1, readServed);

/**
 * Gives a caller its next rounds for that many jobs, in one write.
 *
 * @returns the first of them; the others follow it one by one
 */
export const takeRounds = async (
  queue: LaneQueue,
  caller: string,
  priority: Priority,
  count: number,
  readServed: ReadServedRound = readServedRound,
): Promise<number> => {
  const { lastRound } = await raiseRounds(queue, caller, priority, {
    count,
    served: await readServed(queue, priority),
  });
  return lastRound - count + 1;
};

/**
 * The same for a paused caller: rounds are told as they were before its pauses, and by as much as it missed they move on when it
 * comes back.
 *
 * @param served the last round that was served when the pause began
 */
export const takeHeldRounds = async (
  queue: LaneQueue,
  caller: string,
  priority: Priority,
  { count, served }: { count: number; served: number },
): Promise<number> => {
  // In one write with the round: a pause that ends meanwhile moves on both or neither.
  const { lastRound, shift } = await raiseRounds(queue, caller, priority, { count, served });
  return Math.max(0, lastRound - count + 1 - shift);
};

/** The item that counts the rounds of a caller at a priority of a lane. */
interface CallerRounds {
  lastRound: number;
  /** By how many rounds all pauses of the caller have moved it on. */
  shift: number;
}

const callerRoundsKey = ({ name }: Pick<LaneQueue, 'name'>, caller: string, priority: Priority) => ({
  pk: jobPartitions.caller(caller),
  sk: `round#${name}#${priority}`,
});

const raiseRounds = async (
  queue: LaneQueue,
  caller: string,
  priority: Priority,
  { count, served }: { count: number; served: number },
): Promise<CallerRounds> => {
  const key = callerRoundsKey(queue, caller, priority);
  const expiresAt = ttlAfter(queue.table, roundRetentionSeconds);
  for (;;) {
    const item =
      (await updateItem(queue.table, key, {
        add: { lastRound: count },
        set: { expiresAt },
        when: condition`#lastRound >= ${served - 1}`,
      })) ??
      (await updateItem(queue.table, key, {
        set: { lastRound: served + count - 1, expiresAt },
        when: condition`attribute_not_exists(#lastRound) OR #lastRound < ${served - 1}`,
      }));
    if (item !== undefined) return { lastRound: Number(item['lastRound']), shift: Number(item['shift'] ?? 0) };
  }
};

/** The round that a caller's next job at a priority would have, as things stand now; none is taken. */
export const readNextRound = async (queue: LaneQueue, caller: string, priority: Priority): Promise<number> => {
  const [item, served] = await Promise.all([
    getItem(queue.table, callerRoundsKey(queue, caller, priority), { consistent: false }),
    readServedRound(queue, priority),
  ]);
  return item === undefined ? served : Math.max(served, Number(item['lastRound']) + 1);
};

/** By how many rounds the pauses of a caller have moved it on. */
export const readShift = async (queue: LaneQueue, caller: string, priority: Priority): Promise<number> => {
  const item = await getItem(queue.table, callerRoundsKey(queue, caller, priority));
  return Number(item?.['shift'] ?? 0);
};

/**
 * Moves a caller on by the rounds that were served during its pause, so that it stands to all others as it did before. Done again it
 * moves it by what was served since.
 *
 * @param pauseId tells this pause from earlier ones
 * @param served the last round that was served when the pause began
 */
export const skipRounds = async (
  queue: LaneQueue,
  caller: string,
  priority: Priority,
  { pauseId, served }: { pauseId: string; served: number },
): Promise<void> => {
  const key = callerRoundsKey(queue, caller, priority);
  const now = await readServedRound(queue, priority, { consistent: true });
  for (;;) {
    const item = await getItem(queue.table, key);
    // All that it has waiting took its rounds here.
    if (item === undefined) return;
    const isRepeated = item['shiftedFor'] === pauseId;
    const from = isRepeated ? Number(item['shiftedTo']) : served;
    if (now <= from) return;
    const shifted = await updateItem(queue.table, key, {
      add: { lastRound: now - from, shift: now - from },
      set: { shiftedFor: pauseId, shiftedTo: now },
      when: isRepeated
        ? condition`#shiftedFor = ${pauseId} AND #shiftedTo = ${from}`
        : condition`attribute_exists(#pk) AND (attribute_not_exists(#shiftedFor) OR #shiftedFor <> ${pauseId})`,
    });
    if (shifted !== undefined) return;
  }
};

/** The last round that was served at a priority; 0 before the first. */
export const readServedRound = async (
  { table, name }: LaneQueue,
  priority: Priority,
  { consistent = false }: { consistent?: boolean } = {},
): Promise<number> => {
  const item = await getItem(table, servedRoundKey(name, priority), { consistent });
  return Number(item?.['lastRound'] ?? 0);
};

/**
 * The same of several queues, strongly consistent and in one call.
 *
 * @returns in the order of the queues
 */
export const readServedRounds = async (
  table: Table,
  queues: readonly { lane: string; priority: Priority }[],
): Promise<number[]> => {
  const keys = queues.map(({ lane, priority }) => servedRoundKey(lane, priority));
  const items = await getItems(table, keys, 'all');
  return keys.map(({ pk, sk }) => {
    const item = items.find((each) => each['pk'] === pk && each['sk'] === sk);
    return Number(item?.['lastRound'] ?? 0);
  });
};

/** Remembers the round of a job that was given its turn, so that new callers start from there and not from zero. */
export const recordServedRound = async (
  { table, name }: LaneQueue,
  { priority, round }: Pick<Job, 'priority' | 'round'>,
): Promise<void> => {
  await updateItem(table, servedRoundKey(name, priority), {
    set: { lastRound: round },
    when: condition`attribute_not_exists(#lastRound) OR #lastRound < ${round}`,
  });
};

/**
 * Counts turns that are given, so that every tenth can go to a lower priority.
 *
 * @returns the number of the first of them; the others follow it one by one
 */
export const takeTurnNumbers = async ({ table, name }: LaneQueue, count: number): Promise<number> => {
  const item = await updateItem(table, turnsKey(name), { add: { turns: count } });
  return Number(item?.['turns']) - count + 1;
};

/** How many turns have been given so far. */
export const readTurns = async ({ table, name }: LaneQueue): Promise<number> => {
  const item = await getItem(table, turnsKey(name), { consistent: false });
  return Number(item?.['turns'] ?? 0);
};
