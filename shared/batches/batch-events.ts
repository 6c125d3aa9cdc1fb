import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../aws/table.ts';
import { batchEndedOf } from '../events/batch-ended.ts';
import { conditionalUpdate } from '../jobs/conditional-update.ts';
import { type EventBus, publish } from '../jobs/events.ts';
import { indexes } from '../jobs/job-item.ts';
import type { Batch } from './batch.ts';
import { batchKey, batchOfItem, unpublishedBatch } from './batch-item.ts';

/** EventBridge `detail-type` of the event that says that a batch has ended. */
export const batchEndedEvent = 'Batch Ended';

/**
 * Publishes the end of a batch and then clears its mark: at least once, whatever crashes in between.
 *
 * @throws {EventNotPublishedError} if EventBridge refused the event
 */
export const announceBatch = async (table: Table, bus: EventBus, batch: Batch): Promise<void> => {
  await publish(bus, batchEndedEvent, batchEndedOf(batch, bus.gatewayUrl));
  await conditionalUpdate(table, batchKey(batch.batchId), {
    expression: 'REMOVE unpublished',
    condition: 'attribute_exists(pk)',
  });
};

/** Batches that ended before the given time (epoch ms) and whose end a crash kept from being announced. */
export const unpublishedBatches = async (table: Table, beforeMs: number, limit: number): Promise<Batch[]> => {
  const { Items = [] } = await table.dynamoDb.send(
    new QueryCommand({
      TableName: table.tableName,
      IndexName: indexes.unpublished,
      KeyConditionExpression: 'unpublished = :batch AND finishedAt < :before',
      ExpressionAttributeValues: { ':batch': unpublishedBatch, ':before': new Date(beforeMs).toISOString() },
      Limit: limit,
    }),
  );
  return Items.map(batchOfItem);
};
