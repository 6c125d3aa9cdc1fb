import { condition } from '../../aws/expressions.ts';
import { getItem, type ItemKey, type Table, ttlAfter, updateItem } from '../../aws/table.ts';
import { jobPartitions } from '../../deployment/tables.ts';
import type { Priority } from '../../priority.ts';
import type { Job } from '../job.ts';
import { type LaneQueue, lanePartition } from './lane.ts';

/** A job's place in the queue: priority first, then the caller's round, then the id to make it unique. */
export const buildRank = (priority: Priority, round: number, jobId: string): string =>
  `${priority}#${String(round).padStart(12, '0')}#${jobId}`;

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
  const served = await readServed(queue, priority);
  const key = { pk: jobPartitions.caller(caller), sk: `round#${queue.name}#${priority}` };
  const expiresAt = ttlAfter(queue.table, roundRetentionSeconds);
  for (;;) {
    const last =
      (await raiseRound(queue.table, key, {
        add: { lastRound: count },
        set: { expiresAt },
        when: condition`#lastRound >= ${served - 1}`,
      })) ??
      (await raiseRound(queue.table, key, {
        set: { lastRound: served + count - 1, expiresAt },
        when: condition`attribute_not_exists(#lastRound) OR #lastRound < ${served - 1}`,
      }));
    if (last !== undefined) return last - count + 1;
  }
};

/** The last round that was served at a priority; 0 before the first. */
export const readServedRound: ReadServedRound = async ({ table, name }, priority) => {
  const item = await getItem(table, servedRoundKey(name, priority), { consistent: false });
  return Number(item?.['lastRound'] ?? 0);
};

/** Remembers the round of a job that was given its turn, so that new callers start from there and not from zero. */
export const recordServedRound = async (
  { table, name }: LaneQueue,
  { priority, round }: Pick<Job, 'priority' | 'round'>,
): Promise<void> => {
  await raiseRound(table, servedRoundKey(name, priority), {
    set: { lastRound: round },
    when: condition`attribute_not_exists(#lastRound) OR #lastRound < ${round}`,
  });
};

const raiseRound = async (
  table: Table,
  key: ItemKey,
  update: Parameters<typeof updateItem>[2],
): Promise<number | undefined> => {
  const item = await updateItem(table, key, update);
  return item === undefined ? undefined : Number(item['lastRound']);
};

/** Counts the turns ever given, so that every tenth can go to a lower priority. */
export const nextTurnNumber = async ({ table, name }: LaneQueue): Promise<number> => {
  const item = await updateItem(table, turnsKey(name), { add: { turns: 1 } });
  return Number(item?.['turns']);
};

/** How many turns have been given so far. */
export const readTurns = async ({ table, name }: LaneQueue): Promise<number> => {
  const item = await getItem(table, turnsKey(name), { consistent: false });
  return Number(item?.['turns'] ?? 0);
};
