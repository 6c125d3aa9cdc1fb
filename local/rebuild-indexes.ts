import { isDeepStrictEqual } from 'node:util';
import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import type { ClassicLevel } from 'classic-level';
import db, { type Item, type Table } from 'dynalite/db/index.js';

type Indexes = CreateTableCommandInput['GlobalSecondaryIndexes'];

const synced = { sync: true } as const;
const itemsPerWrite = 500;

/** What decides about the copies in indexes, whatever else dynalite notes of them. */
const summarise = (indexes: Indexes = []) =>
  indexes
    .map(({ IndexName, KeySchema, Projection }) => ({
      IndexName,
      KeySchema,
      type: Projection?.ProjectionType,
      includes: Projection?.NonKeyAttributes?.toSorted(),
    }))
    .toSorted((one, other) => String(one.IndexName).localeCompare(String(other.IndexName)));

const rangeOf = (prefix: string) => ({ gte: prefix, lt: `${prefix}\uffff` });

/**
 * Gives tables of a folder the indexes that they have today: an older gateway wrote them with others. The table says what it has
 * only when its indexes are whole, so that a crash in between has them built again.
 *
 * @param tables as they are created today
 * @returns the names of the tables whose indexes were built anew
 */
export const rebuildIndexes = async (
  level: ClassicLevel<string, unknown>,
  tables: readonly CreateTableCommandInput[],
): Promise<string[]> => {
  const rebuilt: string[] = [];
  for (const { TableName = '', GlobalSecondaryIndexes, AttributeDefinitions } of tables) {
    const key = `table~${TableName}`;
    const stored = (await level.get(key)) as (Table & { GlobalSecondaryIndexes?: Indexes }) | undefined;
    if (!stored || isDeepStrictEqual(summarise(stored.GlobalSecondaryIndexes), summarise(GlobalSecondaryIndexes)))
      continue;
    const today = {
      ...stored,
      AttributeDefinitions,
      GlobalSecondaryIndexes: GlobalSecondaryIndexes?.map((index) => ({ ...index, IndexStatus: 'ACTIVE' })),
    };
    await rebuild(level, today);
    rebuilt.push(TableName);
  }
  return rebuilt;
};

const rebuild = async (level: ClassicLevel<string, unknown>, table: Table): Promise<void> => {
  const { TableName, GlobalSecondaryIndexes: indexes = [] } = table;
  await level.clear(rangeOf(`index-global~${TableName}~`));
  const copies: { type: 'put'; key: string; value: unknown }[] = [];
  for await (const item of level.values(rangeOf(`item-${TableName}~`))) {
    const { puts } = db.getIndexActions(indexes, undefined, item as Item, table);
    copies.push(
      ...puts.map(({ index, key, item: value }) => ({
        type: 'put' as const,
        key: `index-global~${TableName}~${index}~${key}`,
        value,
      })),
    );
    if (copies.length >= itemsPerWrite) await level.batch(copies.splice(0), synced);
  }
  await level.batch([...copies, { type: 'put', key: `table~${TableName}`, value: table }], synced);
};
