import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../aws/table.ts';
import { isExpired } from '../aws/table.ts';
import { type Batch, noEnds, noLines } from './batch.ts';
import { batchKey, batchOfItem, openBatches } from './batch-item.ts';

/** What a batch begins with. */
export type NewBatch = Pick<
  Batch,
  'batchId' | 'caller' | 'source' | 'priority' | 'retryOf' | 'requestHash' | 'retentionSeconds'
>;

/**
 * Writes a new batch unless its id is taken: the id follows from what the batch was made of, so one conditional put decides.
 *
 * @param checkAtMs when somebody has to look at it, in epoch ms: at once, or once whoever made it must have died
 * @returns the batch that is in the table now and whether this call put it there
 */
export const createBatch = async (
  table: Table,
  batch: NewBatch,
  checkAtMs: number,
): Promise<{ created: boolean; batch: Batch }> => {
  const nowMs = table.clock.now();
  const now = new Date(nowMs).toISOString();
  const reading: Batch = {
    ...batch,
    state: 'reading',
    ...noLines,
    counts: noEnds,
    revision: 0,
    works: 0,
    tries: 0,
    createdAt: now,
    updatedAt: now,
  };
  try {
    await table.dynamoDb.send(
      new PutCommand({
        TableName: table.tableName,
        Item: {
          ...batchKey(batch.batchId),
          ...reading,
          // Part of the key of an index, where an empty text is not allowed.
          caller: batch.caller === '' ? undefined : batch.caller,
          queueState: openBatches,
          queueOrder: new Date(checkAtMs).toISOString(),
        },
        ConditionExpression: 'attribute_not_exists(pk) OR expiresAt <= :now',
        ExpressionAttributeValues: { ':now': Math.floor(nowMs / 1000) },
      }),
    );
    return { created: true, batch: reading };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    const existing = await getBatch(table, batch.batchId);
    if (existing === undefined) return createBatch(table, batch, checkAtMs);
    return { created: false, batch: existing };
  }
};

/** Reads a batch as it is now (strongly consistent); undefined if there is none or its time is over. */
export const getBatch = async (table: Table, batchId: string): Promise<Batch | undefined> => {
  const { Item } = await table.dynamoDb.send(
    new GetCommand({ TableName: table.tableName, Key: batchKey(batchId), ConsistentRead: true }),
  );
  return Item === undefined || isExpired(Item, table.clock.now()) ? undefined : batchOfItem(Item);
};
