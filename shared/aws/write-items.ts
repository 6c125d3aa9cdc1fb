import { toAttributes } from './dynamodb/attribute-values.ts';
import type { Operations, WriteRequest } from './dynamodb/operations.ts';
import type { Item } from './items.ts';
import type { ItemKey, Table } from './table.ts';

// DynamoDB: at most 25 items in a BatchWriteItem.
const maxWrites = 25;

/** Writes many items, without conditions: each replaces the one that has its key. */
export const writeItems = (table: Table, items: readonly (ItemKey & Item)[]): Promise<void> =>
  writeAll(
    table,
    items.map((item) => ({ PutRequest: { Item: toAttributes(item) } })),
  );

/** Removes many items, without conditions, by their keys; other attributes do not matter. */
export const removeItems = (table: Table, items: readonly Item[]): Promise<void> =>
  writeAll(
    table,
    items.map(({ pk, sk }) => ({ DeleteRequest: { Key: toAttributes({ pk, sk }) } })),
  );

const writeAll = async (table: Table, all: readonly WriteRequest[]): Promise<void> => {
  for (let start = 0; start < all.length; start += maxWrites) {
    let requests = all.slice(start, start + maxWrites);
    while (requests.length > 0) {
      const { UnprocessedItems }: Operations['BatchWriteItem']['output'] = await table.dynamoDb.send('BatchWriteItem', {
        RequestItems: { [table.tableName]: requests },
      });
      requests = UnprocessedItems?.[table.tableName] ?? [];
    }
  }
};
