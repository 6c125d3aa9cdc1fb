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
  // Loaded only here, as the SDK comes along, for which the thread of the tables has no other use.
  const { completeJob } = await import('./complete-job.ts');
  const writes: { type: 'put'; key: string; value: unknown }[] = [];
  for await (const [itemKey, stored] of level.iterator(rangeOf(`item-${TableName}~`))) {
    const item = completeJob(stored as Item);
    if (item !== stored) writes.push({ type: 'put', key: itemKey, value: item });
    const { puts } = db.getIndexActions(indexes, undefined, item, table);
    writes.push(
      ...puts.map(({ index, key, item: value }) => ({
        type: 'put' as const,
        key: `index-global~${TableName}~${index}~${key}`,
        value,
      })),
    );
    if (writes.length >= itemsPerWrite) await level.batch(writes.splice(0), synced);
  }
  await level.batch([...writes, { type: 'put', key: `table~${TableName}`, value: table }], synced);
};
