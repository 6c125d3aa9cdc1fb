import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { conditionalUpdate } from '../jobs/conditional-update.ts';
import { type EventBus, publish } from '../jobs/events.ts';
import { indexes } from '../jobs/job-item.ts';
import type { JobTable } from '../jobs/job-store.ts';
import type { Batch } from './batch.ts';
import { reportKey } from './batch-files.ts';
import { batchKey, batchOfItem, unannouncedBatch } from './batch-item.ts';

/** EventBridge `detail-type` of the event that says that a batch has ended. */
export const batchEndedEvent = 'Batch Ended';

/**
 * Publishes the end of a batch and then clears its mark: at least once, whatever crashes in between. The event carries keys
 * of S3 objects, never their URLs.
 *
 * @throws {EventNotPublishedError} if EventBridge refused the event
 */
export const announceBatch = async (table: JobTable, bus: EventBus, batch: Batch): Promise<void> => {
  const { batchId, caller, state, counts, lines, rejected, skipped, retryOf, error, createdAt, finishedAt } = batch;
  await publish(bus, batchEndedEvent, {
    batchId,
    caller,
    status: state,
    lines,
    counts: { ...counts, cancelled: counts.cancelled + skipped, rejected },
    reports: { jsonl: reportKey(batchId, 'jsonl'), csv: reportKey(batchId, 'csv') },
    retryOf,
    error,
    createdAt,
    finishedAt,
  });
  await conditionalUpdate(table, batchKey(batchId), {
    expression: 'REMOVE unannounced',
    condition: 'attribute_exists(pk)',
  });
};

/** Batches that ended before the given time (epoch ms) and whose end a crash kept from being announced. */
export const unannouncedBatches = async (table: JobTable, beforeMs: number, limit: number): Promise<Batch[]> => {
  const { Items = [] } = await table.dynamoDb.send(
    new QueryCommand({
      TableName: table.tableName,
      IndexName: indexes.unannounced,
      KeyConditionExpression: 'unannounced = :batch AND finishedAt < :before',
      ExpressionAttributeValues: { ':batch': unannouncedBatch, ':before': new Date(beforeMs).toISOString() },
      Limit: limit,
    }),
  );
  return Items.map(batchOfItem);
};
