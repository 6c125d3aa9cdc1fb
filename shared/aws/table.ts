import type { Clock } from '../clock.ts';
import type { JobIndex } from '../deployment/tables.ts';
import type { Log, RecordMetric } from '../observability.ts';
import { isConditionFailed } from './dynamodb/answer.ts';
import { type AttributeMap, fromAttributes, toAttributes } from './dynamodb/attribute-values.ts';
import type { DynamoDb } from './dynamodb/client.ts';
import { type Condition, condition, createExpressions, type Update, writeUpdate } from './expressions.ts';
import { type Item, reportUnreadable, type UnreadableItems } from './items.ts';

/** A DynamoDB table, and the time by which its items are judged. */
export interface Table extends UnreadableItems {
  dynamoDb: DynamoDb;
  tableName: string;
  clock: Clock;
}

/** Opens a table for a function: items that lists have to leave out are logged and counted. */
export const openTable = ({
  log,
  recordMetric,
  ...table
}: Table & { log: Pick<Log, 'error'>; recordMetric: RecordMetric }): Table => ({
  ...table,
  onUnreadable: reportUnreadable({ log, recordMetric }),
});

/** The primary key of an item. */
export type ItemKey = { pk: string; sk?: string };

/** The time in epoch seconds, as the TTL attribute `expiresAt` counts it. */
export const nowSeconds = ({ clock }: Pick<Table, 'clock'>): number => Math.floor(clock.now() / 1000);

/** The TTL (attribute `expiresAt`) of an item that DynamoDB may delete after so many seconds. */
export const ttlAfter = (table: Pick<Table, 'clock'>, seconds: number): number => nowSeconds(table) + seconds;

/** Whether the table may still hold an item that has passed its TTL: DynamoDB deletes late. */
export const isExpired = (item: Item, nowMs: number): boolean =>
  typeof item['expiresAt'] === 'number' && item['expiresAt'] * 1000 <= nowMs;

/**
 * Reads one item; undefined if there is none or it has expired.
 *
 * @param options.consistent false for a read that may miss the latest writes, at half the price
 */
export const getItem = async (
  table: Table,
  key: ItemKey,
  { consistent = true }: { consistent?: boolean } = {},
): Promise<Item | undefined> => {
  const { Item } = await table.dynamoDb.send('GetItem', {
    TableName: table.tableName,
    Key: toAttributes(key),
    ConsistentRead: consistent,
  });
  const item = Item && fromAttributes(Item);
  return item === undefined || isExpired(item, table.clock.now()) ? undefined : item;
};

/** Writes an item if the condition holds for the one that it replaces; says whether it did. */
export const putItem = (table: Table, item: ItemKey & Item, when?: Condition): Promise<boolean> => {
  const expressions = createExpressions();
  return holds(
    table.dynamoDb.send('PutItem', {
      TableName: table.tableName,
      Item: toAttributes(item),
      ConditionExpression: when && expressions.write(when),
      ...expressions.attributes(),
    }),
  );
};

/**
 * Writes an item unless another one holds its key: one conditional put decides, whatever runs at once.
 *
 * @param isFree when the item that holds the key may be replaced; by default once it has expired
 * @returns the item that is in the table now, and whether this call put it there
 */
export const putNew = async (
  table: Table,
  item: ItemKey & Item,
  isFree?: Condition,
): Promise<{ created: boolean; item: Item }> => {
  const { pk, sk } = item;
  for (;;) {
    // Read anew each time: the item may expire between the put and the look at it.
    const free = isFree ?? condition`#expiresAt <= ${nowSeconds(table)}`;
    if (await putItem(table, item, condition`attribute_not_exists(#pk) OR ${free}`)) return { created: true, item };
    const existing = await getItem(table, sk === undefined ? { pk } : { pk, sk });
    if (existing !== undefined) return { created: false, item: existing };
  }
};

/**
 * Updates one item if the condition holds.
 *
 * @returns the whole item after the update, or undefined if the condition did not hold
 */
export const updateItem = async (
  { dynamoDb, tableName }: Table,
  key: ItemKey,
  update: Update & { when?: Condition },
): Promise<Item | undefined> => {
  const expressions = createExpressions();
  try {
    const { Attributes = {} } = await dynamoDb.send('UpdateItem', {
      TableName: tableName,
      Key: toAttributes(key),
      UpdateExpression: writeUpdate(expressions, update),
      ConditionExpression: update.when && expressions.write(update.when),
      ...expressions.attributes(),
      ReturnValues: 'ALL_NEW',
    });
    return fromAttributes(Attributes);
  } catch (error) {
    if (isConditionFailed(error)) return undefined;
    throw error;
  }
};

/** Deletes an item if the condition holds; says whether it did. */
export const removeItem = (table: Table, key: ItemKey, when?: Condition): Promise<boolean> => {
  const expressions = createExpressions();
  return holds(
    table.dynamoDb.send('DeleteItem', {
      TableName: table.tableName,
      Key: toAttributes(key),
      ConditionExpression: when && expressions.write(when),
      ...expressions.attributes(),
    }),
  );
};

const holds = async (write: Promise<unknown>): Promise<boolean> => {
  try {
    await write;
    return true;
  } catch (error) {
    if (isConditionFailed(error)) return false;
    throw error;
  }
};

/** Which items of one partition are read, in the order of their sort key. */
export interface Query {
  /** An index; the table itself if absent. Indexes are always eventually consistent. */
  index?: JobIndex;
  /** A key condition. */
  where: Condition;
  /** Leaves out items after they were read, and paid for. */
  filter?: Condition;
  consistent?: boolean;
  descending?: boolean;
  /** How many items are read at a time; by default as many as fit into 1 MB. */
  pageSize?: number;
  /** Reads these attributes only. */
  attributes?: readonly string[];
  /** Counts items instead of returning them. */
  select?: 'COUNT';
}

/** What one request of a query gave, in DynamoDB's words. */
export interface Page {
  /** Expired ones are among them. */
  Items: Item[];
  Count: number;
  /** Undefined at the end. */
  LastEvaluatedKey: Item | undefined;
}

/** Reads page by page; a filtered page may be empty though more follow. */
export async function* queryPages(
  { dynamoDb, tableName }: Table,
  { index, where, filter, consistent, descending, pageSize, attributes, select }: Query,
): AsyncGenerator<Page, void> {
  const expressions = createExpressions();
  const request = {
    TableName: tableName,
    IndexName: index,
    KeyConditionExpression: expressions.write(where),
    FilterExpression: filter && expressions.write(filter),
    ProjectionExpression: attributes?.map(expressions.name).join(', '),
    ...expressions.attributes(),
    ConsistentRead: consistent,
    ScanIndexForward: descending === undefined ? undefined : !descending,
    Select: select,
    Limit: pageSize,
  };
  let last: AttributeMap | undefined;
  do {
    const {
      Items = [],
      Count = 0,
      LastEvaluatedKey,
    } = await dynamoDb.send('Query', {
      ...request,
      ExclusiveStartKey: last,
    });
    last = LastEvaluatedKey;
    yield { Items: Items.map(fromAttributes), Count, LastEvaluatedKey: last && fromAttributes(last) };
  } while (last !== undefined);
}

/** Reads item by item, page after page; expired items are left out. */
export async function* queryItems(table: Table, query: Query): AsyncGenerator<Item> {
  for await (const { Items } of queryPages(table, query)) {
    for (const item of Items) if (!isExpired(item, table.clock.now())) yield item;
  }
}

/** The first items of a query, at most so many; expired ones are left out. */
export const queryFirst = async (table: Table, query: Query, limit: number): Promise<Item[]> => {
  const items: Item[] = [];
  for await (const item of queryItems(table, { pageSize: limit, ...query })) {
    items.push(item);
    if (items.length === limit) break;
  }
  return items;
};

/** Counts the items of a query up to a limit, expired ones included. */
export const countItems = async (table: Table, query: Query, limit: number): Promise<number> =>
  Math.min(limit, (await countUntil(table, query, limit)).count);

/**
 * The same for a count that is to go on from where it ended.
 *
 * @returns the count, which may be above the limit, and the key of the last item in it; without a key it has come to the end
 */
export const countUntil = async (
  table: Table,
  query: Query,
  limit: number,
): Promise<{ count: number; last: Item | undefined }> => {
  let count = 0;
  const pages = queryPages(table, { pageSize: limit, ...query, select: 'COUNT' });
  for await (const { Count, LastEvaluatedKey: last } of pages) {
    count += Count;
    if (count >= limit) return { count, last };
  }
  return { count, last: undefined };
};
