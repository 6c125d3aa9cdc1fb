import { BatchWriteCommand, type BatchWriteCommandOutput } from '@aws-sdk/lib-dynamodb';
import type { Item } from './items.ts';
import type { ItemKey, Table } from './table.ts';

type Requests = NonNullable<BatchWriteCommandOutput['UnprocessedItems']>[string];

// DynamoDB: at most 25 items in a BatchWriteItem.
const maxWrites = 25;

/** Writes many items, without conditions: each replaces the one that has its key. */
export const writeItems = (table: Table, items: readonly (ItemKey & Item)[]): Promise<void> =>
  writeAll(
    table,
    items.map((item) => ({ PutRequest: { Item: item } })),
  );

/** Removes many items, without conditions, by their keys; other attributes do not matter. */
export const removeItems = (table: Table, items: readonly Item[]): Promise<void> =>
  writeAll(
    table,
    items.map(({ pk, sk }) => ({ DeleteRequest: { Key: { pk, sk } } })),
  );

const writeAll = async (table: Table, all: Requests): Promise<void> => {
  for (let start = 0; start < all.length; start += maxWrites) {
    let requests = all.slice(start, start + maxWrites);
    while (requests.length > 0) {
      const { UnprocessedItems }: BatchWriteCommandOutput = await table.dynamoDb.send(
        new BatchWriteCommand({ RequestItems: { [table.tableName]: requests } }),
      );
      requests = UnprocessedItems?.[table.tableName] ?? [];
    }
  }
};
