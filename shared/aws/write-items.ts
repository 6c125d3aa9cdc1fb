import { processAll, type Sleep } from './dynamodb/all-processed.ts';
import { toAttributes } from './dynamodb/attribute-values.ts';
import type { WriteRequest } from './dynamodb/operations.ts';
import type { Item } from './items.ts';
import type { ItemKey, Table } from './table.ts';

// DynamoDB: at most 25 items in a BatchWriteItem.
const maxWrites = 25;

/**
 * Writes many items, without conditions: each replaces the one that has its key.
 *
 * @throws {UnprocessedError} if the table has no capacity for the rest of them
 */
export const writeItems = (table: Table, items: readonly (ItemKey & Item)[], sleep?: Sleep): Promise<void> =>
  writeAll(
    table,
    items.map((item) => ({ PutRequest: { Item: toAttributes(item) } })),
    sleep,
  );

/**
 * Removes many items, without conditions, by their keys; other attributes do not matter.
 *
 * @throws {UnprocessedError} if the table has no capacity for the rest of them
 */
export const removeItems = (table: Table, items: readonly Item[], sleep?: Sleep): Promise<void> =>
  writeAll(
    table,
    items.map(({ pk, sk }) => ({ DeleteRequest: { Key: toAttributes({ pk, sk }) } })),
    sleep,
  );

const writeAll = async (table: Table, all: readonly WriteRequest[], sleep: Sleep | undefined): Promise<void> => {
  const write = async (requests: WriteRequest[]) => {
    const { UnprocessedItems } = await table.dynamoDb.send('BatchWriteItem', {
      RequestItems: { [table.tableName]: requests },
    });
    return UnprocessedItems?.[table.tableName] ?? [];
  };
  for (let start = 0; start < all.length; start += maxWrites) {
    await processAll('BatchWriteItem', all.slice(start, start + maxWrites), write, sleep);
  }
};
