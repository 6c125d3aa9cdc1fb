import { processAll, type Sleep } from './dynamodb/all-processed.ts';
import { type AttributeMap, fromAttributes, toAttributes } from './dynamodb/attribute-values.ts';
import type { Item } from './items.ts';
import { type ItemKey, isExpired, type Table } from './table.ts';

// DynamoDB: 100 items in a BatchGetItem.
const maxKeys = 100;

/**
 * Reads many items by their keys, in no order. Those that are not there or have expired are left out.
 *
 * @param attributes what is read of each besides its key; the items are paid for whole
 * @param options.consistent false for a read that may miss the latest writes, at half the price
 * @throws {UnprocessedError} if the table has no capacity for the rest of them
 */
export const getItems = async (
  table: Table,
  keys: readonly ItemKey[],
  attributes: readonly string[] | 'all',
  { consistent = true, sleep }: { consistent?: boolean; sleep?: Sleep } = {},
): Promise<Item[]> => {
  const options = { ConsistentRead: consistent, ...(attributes !== 'all' && createProjection(attributes)) };
  const found: Item[] = [];
  for (let start = 0; start < keys.length; start += maxKeys) {
    // DynamoDB answers with up to 16 MB and leaves the rest for another call, as well as what it has no capacity for.
    const read = async (Keys: AttributeMap[]) => {
      const { Responses, UnprocessedKeys } = await table.dynamoDb.send('BatchGetItem', {
        RequestItems: { [table.tableName]: { Keys, ...options } },
      });
      const items = (Responses?.[table.tableName] ?? []).map(fromAttributes);
      found.push(...items.filter((item) => !isExpired(item, table.clock.now())));
      return UnprocessedKeys?.[table.tableName]?.Keys ?? [];
    };
    await processAll('BatchGetItem', keys.slice(start, start + maxKeys).map(toAttributes), read, sleep);
  }
  return found;
};

const createProjection = (attributes: readonly string[]) => {
  const wanted = [...new Set(['pk', 'sk', 'expiresAt', ...attributes])];
  return {
    ProjectionExpression: wanted.map((_, index) => `#a${index}`).join(', '),
    ExpressionAttributeNames: Object.fromEntries(wanted.map((name, index) => [`#a${index}`, name])),
  };
};
