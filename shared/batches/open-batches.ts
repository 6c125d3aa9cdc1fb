import { GetCommand, QueryCommand, type QueryCommandOutput } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../aws/table.ts';
import { conditionalUpdate } from '../jobs/conditional-update.ts';
import { indexes } from '../jobs/job-item.ts';
import { type Batch, isComplete } from './batch.ts';
import { batchKey, batchOfItem, openBatches } from './batch-item.ts';

/** How long a durable execution may be silent before it counts as lost, in ms: longer than any step. */
export const leaseMs = 15 * 60_000;

/** Between two looks at a batch that stands still, in ms; they become rarer the longer it does. */
const shortestLookMs = 15 * 60_000;
const longestLookMs = 6 * 3_600_000;

/** A batch that somebody has to look at, and the time it is to be looked at (ISO). */
export interface DueBatch {
  batch: Batch;
  dueAt: string;
}

/**
 * Batches whose time to be looked at has come, longest due first, in pages; eventually consistent, so claim them
 * conditionally.
 */
export async function* dueBatches(table: Table, pageSize: number): AsyncGenerator<DueBatch[]> {
  const now = new Date(table.clock.now()).toISOString();
  let start: Record<string, unknown> | undefined;
  do {
    const { Items = [], LastEvaluatedKey }: QueryCommandOutput = await table.dynamoDb.send(
      new QueryCommand({
        TableName: table.tableName,
        IndexName: indexes.queue,
        KeyConditionExpression: 'queueState = :batch AND queueOrder <= :now',
        ExpressionAttributeValues: { ':batch': openBatches, ':now': now },
        Limit: pageSize,
        ExclusiveStartKey: start,
      }),
    );
    yield Items.map((item) => ({ batch: batchOfItem(item), dueAt: String(item['queueOrder']) }));
    start = LastEvaluatedKey;
  } while (start !== undefined);
}

/** Whether a batch has something to do for a durable execution now, rather than waiting for its jobs. */
export const needsRun = (batch: Batch, nowMs: number): boolean =>
  batch.state !== 'running' ||
  isComplete(batch) ||
  (batch.cancelRequestedAt !== undefined && batch.cancelledAt === undefined) ||
  nowMs - lastMoveMs(batch) >= shortestLookMs;

/** When to look at a batch again that waits for its jobs, in epoch ms. */
export const nextCheckAt = (batch: Batch, nowMs: number): number =>
  nowMs + Math.min(longestLookMs, Math.max(shortestLookMs, nowMs - lastMoveMs(batch)));

const lastMoveMs = ({ lastEndedAt, createdAt }: Batch): number => Date.parse(lastEndedAt ?? createdAt);

/**
 * Claims a due batch for a new durable execution, which all earlier ones give way to.
 *
 * @returns the batch with its raised count of works, or undefined if another dispatch was faster
 */
export const claimRun = async (table: Table, { batch, dueAt }: DueBatch): Promise<Batch | undefined> => {
  const lease = new Date(table.clock.now() + leaseMs).toISOString();
  const item = await conditionalUpdate(table, batchKey(batch.batchId), {
    expression: 'SET works = works + :one, queueOrder = :lease',
    condition: 'works = :works AND queueOrder = :due',
    values: {
      ':one': 1,
      ':lease': lease,
      ':works': batch.works,
      ':due': dueAt,
    },
  });
  if (item !== undefined) return batchOfItem(item);
  // It may be our own write that stands there, with its answer lost; the same work starts only once.
  const { Item } = await table.dynamoDb.send(
    new GetCommand({ TableName: table.tableName, Key: batchKey(batch.batchId), ConsistentRead: true }),
  );
  const isOurs = Item?.['works'] === batch.works + 1 && Item['queueOrder'] === lease;
  return isOurs ? batchOfItem(Item) : undefined;
};

/** Looks at a batch sooner that moves again: it had stood still, so that the next look is far away. */
export const scheduleCheck = async (table: Table, { batch, dueAt }: DueBatch): Promise<void> => {
  const soon = new Date(table.clock.now() + shortestLookMs).toISOString();
  if (dueAt <= soon) return;
  await conditionalUpdate(table, batchKey(batch.batchId), {
    expression: 'SET queueOrder = :soon',
    condition: '#state = :running AND queueOrder = :due',
    names: { '#state': 'state' },
    values: { ':soon': soon, ':running': 'running', ':due': dueAt },
  });
};

/** Puts off the look at a due batch that waits for its jobs. */
export const postponeCheck = async (table: Table, { batch, dueAt }: DueBatch): Promise<void> => {
  await conditionalUpdate(table, batchKey(batch.batchId), {
    expression: 'SET queueOrder = :next',
    condition: 'queueOrder = :due',
    values: { ':next': new Date(nextCheckAt(batch, table.clock.now())).toISOString(), ':due': dueAt },
  });
};
