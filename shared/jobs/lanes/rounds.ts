import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../../aws/table.ts';
import { type ConditionalUpdate, conditionalUpdate } from '../conditional-update.ts';
import type { Job, Priority } from '../job.ts';
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
  const key = { pk: `caller#${caller}`, sk: `round#${queue.name}#${priority}` };
  for (;;) {
    const last =
      (await raiseRound(queue.table, key, {
        expression: 'ADD lastRound :count',
        condition: 'lastRound >= :before',
        values: { ':count': count, ':before': served - 1 },
      })) ??
      (await raiseRound(queue.table, key, {
        expression: 'SET lastRound = :last',
        condition: 'attribute_not_exists(lastRound) OR lastRound < :before',
        values: { ':last': served + count - 1, ':before': served - 1 },
      }));
    if (last !== undefined) return last - count + 1;
  }
};

/** The last round that was served at a priority; 0 before the first. */
export const readServedRound: ReadServedRound = async ({ table, name }, priority) => {
  const { Item } = await table.dynamoDb.send(
    new GetCommand({ TableName: table.tableName, Key: servedRoundKey(name, priority) }),
  );
  return Number(Item?.['lastRound'] ?? 0);
};

/** Remembers the round of a job that was given its turn, so that new callers start from there and not from zero. */
export const recordServedRound = async (
  { table, name }: LaneQueue,
  { priority, round }: Pick<Job, 'priority' | 'round'>,
): Promise<void> => {
  await raiseRound(table, servedRoundKey(name, priority), {
    expression: 'SET lastRound = :round',
    condition: 'attribute_not_exists(lastRound) OR lastRound < :round',
    values: { ':round': round },
  });
};

const raiseRound = async (
  table: Table,
  key: { pk: string; sk: string },
  update: ConditionalUpdate,
): Promise<number | undefined> => {
  const item = await conditionalUpdate(table, key, update);
  return item === undefined ? undefined : Number(item['lastRound']);
};

/** Counts the turns ever given, so that every tenth can go to a lower priority. */
export const nextTurnNumber = async ({ table, name }: LaneQueue): Promise<number> => {
  const { Attributes } = await table.dynamoDb.send(
    new UpdateCommand({
      TableName: table.tableName,
      Key: turnsKey(name),
      UpdateExpression: 'ADD turns :one',
      ExpressionAttributeValues: { ':one': 1 },
      ReturnValues: 'UPDATED_NEW',
    }),
  );
  return Number(Attributes?.['turns']);
};

/** How many turns have been given so far. */
export const readTurns = async ({ table, name }: LaneQueue): Promise<number> => {
  const { Item } = await table.dynamoDb.send(new GetCommand({ TableName: table.tableName, Key: turnsKey(name) }));
  return Number(Item?.['turns'] ?? 0);
};
