import pMap from 'p-map';
import { v4 as uuid } from 'uuid';
import { toAttributes } from '#shared/aws/dynamodb/attribute-values.ts';
import type { Table } from '#shared/aws/table.ts';
import { writeItems } from '#shared/aws/write-items.ts';

/** Items of the size of a job's record to put into a table, and nothing else: the least that a batch could cost. */
export interface BareTask {
  kind: 'bare';
  /** One by one, each if its key is free, as jobs are; or 25 at a time and whatever is there. */
  by: 'put' | 'batch';
  items: number;
  /** A job's record as it stands in the table. */
  record: Record<string, unknown>;
}

const concurrency = 16;
const batchSize = 25;

/** Puts the items, as many at once as the gateway puts jobs. */
export const putBareItems = async (table: Table, { by, items, record }: BareTask): Promise<void> => {
  const build = (index: number) => {
    const jobId = uuid();
    const order = String(index).padStart(12, '0');
    const createdAt = new Date().toISOString();
    const createdOrder = `${createdAt}#${jobId}`;
    const queueOrder = `low#${order}#${jobId}`;
    return { ...record, pk: `job#${jobId}`, jobId, createdAt, createdOrder, changedOrder: createdOrder, queueOrder };
  };
  if (by === 'put') {
    const put = (index: number) =>
      table.dynamoDb.send('PutItem', {
        TableName: table.tableName,
        Item: toAttributes(build(index)),
        ConditionExpression: 'attribute_not_exists(#pk)',
        ExpressionAttributeNames: { '#pk': 'pk' },
      });
    await pMap(Array.from({ length: items }).keys(), put, { concurrency });
    return;
  }
  const write = (batch: number) => {
    const size = Math.min(batchSize, items - batch * batchSize);
    return writeItems(
      table,
      Array.from({ length: size }, (_, index) => build(batch * batchSize + index)),
    );
  };
  await pMap(Array.from({ length: Math.ceil(items / batchSize) }).keys(), write, { concurrency: 4 });
};
