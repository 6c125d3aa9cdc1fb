import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { conditionalUpdate } from '../jobs/conditional-update.ts';
import { indexes } from '../jobs/job-item.ts';
import type { JobTable } from '../jobs/job-store.ts';
import { type Batch, isComplete } from './batch.ts';
import { batchKey, batchOfItem, openBatches } from './batch-item.ts';

/** How long a durable execution may be silent before it counts as lost, in ms: longer than any step. */
export const leaseMs = 15 * 60_000;

/** Between two looks at a batch that stands still, in ms; they become rarer the longer it does. */
const shortestLookMs = 15 * 60_000;
const longestLookMs = 6 * 3_600_000;

/** A batch that somebody has to look at, and the time it was to be looked at (ISO). */
export interface DueBatch {
  batch: Batch;
  dueAt: string;
}

/** Batches whose time to be looked at has come, longest due first; eventually consistent, so claim them conditionally. */
export const dueBatches = async (table: JobTable, limit: number): Promise<DueBatch[]> => {
  const { Items = [] } = await table.dynamoDb.send(
    new QueryCommand({
      TableName: table.tableName,
      IndexName: indexes.queue,
      KeyConditionExpression: 'queueState = :batch AND queueOrder <= :now',
      ExpressionAttributeValues: { ':batch': openBatches, ':now': new Date(table.clock.now()).toISOString() },
      Limit: limit,
    }),
  );
  return Items.map((item) => ({ batch: batchOfItem(item), dueAt: String(item['queueOrder']) }));
};

/** Whether a batch has something to do for a durable execution now, rather than waiting for its jobs. */
export const hasWork = (batch: Batch, nowMs: number): boolean =>
  batch.state !== 'running' ||
  isComplete(batch) ||
  (batch.cancelRequestedAt !== undefined && batch.cancelledAt === undefined) ||
  nowMs - lastMoveMs(batch) >= shortestLookMs;

/** When to look at a batch again that waits for its jobs, in epoch ms. */
export const nextLook = (batch: Batch, nowMs: number): number =>
  nowMs + Math.min(longestLookMs, Math.max(shortestLookMs, nowMs - lastMoveMs(batch)));

const lastMoveMs = ({ lastEndedAt, createdAt }: Batch): number => Date.parse(lastEndedAt ?? createdAt);

/**
 * Claims a due batch for a new durable execution, which all earlier ones give way to.
 *
 * @returns the batch with its raised count of works, or undefined if another dispatch was faster
 */
export const claimWork = async (table: JobTable, { batch, dueAt }: DueBatch): Promise<Batch | undefined> => {
  const item = await conditionalUpdate(table, batchKey(batch.batchId), {
    expression: 'SET works = works + :one, queueOrder = :lease',
    condition: 'works = :works AND queueOrder = :due',
    values: {
      ':one': 1,
      ':lease': new Date(table.clock.now() + leaseMs).toISOString(),
      ':works': batch.works,
      ':due': dueAt,
    },
  });
  return item === undefined ? undefined : batchOfItem(item);
};

/** Puts off the look at a due batch that waits for its jobs. */
export const postponeLook = async (table: JobTable, { batch, dueAt }: DueBatch): Promise<void> => {
  await conditionalUpdate(table, batchKey(batch.batchId), {
    expression: 'SET queueOrder = :next',
    condition: 'queueOrder = :due',
    values: { ':next': new Date(nextLook(batch, table.clock.now())).toISOString(), ':due': dueAt },
  });
};
