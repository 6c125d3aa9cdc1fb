import { GetCommand, QueryCommand, type QueryCommandOutput, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../aws/table.ts';
import { type ConditionalUpdate, conditionalUpdate } from './conditional-update.ts';
import { type Job, type Priority, priorities } from './job.ts';
import { indexes, parseJob } from './job-item.ts';
import { turnsBefore } from './priority-order.ts';
import { quotaPartition, turnsKey } from './quota.ts';

/** Positions and depths are counted up to this many jobs, to bound the cost of asking. */
export const countLimit = 1000;

/** A job's place in the queue: priority first, then the caller's round, then the id to make it unique. */
export const rankOf = (priority: Priority, round: number, jobId: string): string =>
  `${priority}#${String(round).padStart(12, '0')}#${jobId}`;

const servedRoundKey = (priority: Priority) => ({ pk: quotaPartition, sk: `round#${priority}` });

/**
 * Gives a caller its next round at a priority: max(last round served, the caller's last round + 1). This is start-time
 * fair queueing: a caller with thousands of waiting jobs delays another caller's single job by one round only.
 */
export const takeRound = (
  table: Table,
  caller: string,
  priority: Priority,
  readServed?: (priority: Priority) => Promise<number>,
): Promise<number> => takeRounds(table, caller, priority, 1, readServed);

/**
 * Gives a caller its next rounds for that many jobs, in one write.
 *
 * @returns the first of them; the others follow it one by one
 */
export const takeRounds = async (
  table: Table,
  caller: string,
  priority: Priority,
  count: number,
  readServed: (priority: Priority) => Promise<number> = (asked) => readServedRound(table, asked),
): Promise<number> => {
  const served = await readServed(priority);
  const key = { pk: `caller#${caller}`, sk: `round#${priority}` };
  for (;;) {
    const last =
      (await raiseRound(table, key, {
        expression: 'ADD lastRound :count',
        condition: 'lastRound >= :before',
        values: { ':count': count, ':before': served - 1 },
      })) ??
      (await raiseRound(table, key, {
        expression: 'SET lastRound = :last',
        condition: 'attribute_not_exists(lastRound) OR lastRound < :before',
        values: { ':last': served + count - 1, ':before': served - 1 },
      }));
    if (last !== undefined) return last - count + 1;
  }
};

/** The last round that was served at a priority; 0 before the first. */
export const readServedRound = async (table: Table, priority: Priority): Promise<number> => {
  const { Item } = await table.dynamoDb.send(
    new GetCommand({ TableName: table.tableName, Key: servedRoundKey(priority) }),
  );
  return Number(Item?.['lastRound'] ?? 0);
};

/** Remembers the round of a job that was given a permit, so that new callers start from there and not from zero. */
export const recordServedRound = async (
  table: Table,
  { priority, round }: Pick<Job, 'priority' | 'round'>,
): Promise<void> => {
  await raiseRound(table, servedRoundKey(priority), {
    expression: 'SET lastRound = :round',
    condition: 'attribute_not_exists(lastRound) OR lastRound < :round',
    values: { ':round': round },
  });
};

/** Counts the turns ever given, so that every tenth can go to a lower priority. */
export const nextTurnNumber = async (table: Table): Promise<number> => {
  const { Attributes } = await table.dynamoDb.send(
    new UpdateCommand({
      TableName: table.tableName,
      Key: turnsKey,
      UpdateExpression: 'ADD turns :one',
      ExpressionAttributeValues: { ':one': 1 },
      ReturnValues: 'UPDATED_NEW',
    }),
  );
  return Number(Attributes?.['turns']);
};

/** The next jobs of one priority, in the order of service; eventually consistent, so claim them conditionally. */
export const headOfQueue = async (table: Table, priority: Priority, limit: number): Promise<Job[]> => {
  const { Items = [] } = await table.dynamoDb.send(
    new QueryCommand({
      TableName: table.tableName,
      IndexName: indexes.queue,
      KeyConditionExpression: 'queueState = :queued AND begins_with(queueOrder, :priority)',
      ExpressionAttributeValues: { ':queued': 'queued', ':priority': `${priority}#` },
      Limit: limit,
    }),
  );
  return Items.map(parseJob);
};

/** Jobs that hold a permit or that Adobe works on, and whose submit time or deadline (ISO) lies before the given one. */
export const overdueJobs = async (
  table: Table,
  part: 'scheduled' | 'active',
  beforeMs: number,
  limit: number,
): Promise<Job[]> => {
  const { Items = [] } = await table.dynamoDb.send(
    new QueryCommand({
      TableName: table.tableName,
      IndexName: indexes.queue,
      KeyConditionExpression: 'queueState = :part AND queueOrder < :before',
      ExpressionAttributeValues: { ':part': part, ':before': new Date(beforeMs).toISOString() },
      Limit: limit,
    }),
  );
  return Items.map(parseJob);
};

/**
 * How many turns go to other jobs before this one, counted up to {@link countLimit}: those of its own priority before it, and
 * of the others as many as the order of priorities lets in between. Whatever comes in later is not in it.
 */
export const positionOf = async (table: Table, job: Pick<Job, 'priority' | 'rank'>): Promise<number> => {
  const waiting = { high: 0, normal: 0, low: 0 };
  let behind = false;
  for (const priority of priorities) {
    const own = priority === job.priority;
    // Of ten turns two at most go to lower priorities, so that no more of their jobs can come first.
    const limit = behind ? Math.min(countLimit, Math.ceil((waiting.high + waiting.normal) / 4) + 2) : countLimit;
    waiting[priority] = await countQueued(table, limit, {
      first: `${priority}#`,
      last: own ? justBefore(job.rank) : `${priority}#~`,
    });
    behind ||= own;
  }
  return turnsBefore(job.priority, waiting, { turns: await readTurns(table), limit: countLimit });
};

/**
 * How many turns pass before the last of so many jobs of a priority has its own, if they come first there and nothing else
 * comes in; of each other priority up to {@link countLimit} jobs are counted.
 */
export const turnsUntilLast = async (table: Table, priority: Priority, jobs: number): Promise<number> => {
  const waiting = { high: 0, normal: 0, low: 0, [priority]: jobs - 1 };
  for (const other of priorities) if (other !== priority) waiting[other] = await queueDepthOf(table, other);
  return turnsBefore(priority, waiting, { turns: await readTurns(table), limit: jobs + 2 * countLimit });
};

const readTurns = async (table: Table): Promise<number> => {
  const { Item } = await table.dynamoDb.send(new GetCommand({ TableName: table.tableName, Key: turnsKey }));
  return Number(Item?.['turns'] ?? 0);
};

/** A key behind all ranks that sort before this one: ids are of equal length and consist of characters before `~`. */
const justBefore = (rank: string): string =>
  `${rank.slice(0, -1)}${String.fromCharCode(rank.charCodeAt(rank.length - 1) - 1)}~`;

/** How many jobs wait for a permit, counted up to {@link countLimit}. */
export const queueDepth = async (table: Table): Promise<number> => countQueued(table, countLimit);

/** The same, of one priority. */
export const queueDepthOf = async (table: Table, priority: Priority): Promise<number> =>
  countQueued(table, countLimit, { first: `${priority}#`, last: `${priority}#~` });

const countQueued = async (table: Table, limit: number, range?: { first: string; last: string }): Promise<number> => {
  let counted = 0;
  let start: Record<string, unknown> | undefined;
  // DynamoDB ends a page at 1 MB, counted or not, and a job may hold a request of 100 KB.
  do {
    const { Count = 0, LastEvaluatedKey }: QueryCommandOutput = await table.dynamoDb.send(
      new QueryCommand({
        TableName: table.tableName,
        IndexName: indexes.queue,
        KeyConditionExpression: `queueState = :queued${range === undefined ? '' : ' AND queueOrder BETWEEN :first AND :last'}`,
        ExpressionAttributeValues: {
          ':queued': 'queued',
          ...(range === undefined ? {} : { ':first': range.first, ':last': range.last }),
        },
        Select: 'COUNT',
        Limit: limit - counted,
        ExclusiveStartKey: start,
      }),
    );
    counted += Count;
    start = LastEvaluatedKey;
  } while (start !== undefined && counted < limit);
  return counted;
};

const raiseRound = async (
  table: Table,
  key: { pk: string; sk: string },
  update: ConditionalUpdate,
): Promise<number | undefined> => {
  const item = await conditionalUpdate(table, key, update);
  return item === undefined ? undefined : Number(item['lastRound']);
};
