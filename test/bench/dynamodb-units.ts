import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { IndexDefinition, TableDefinition } from '#shared/deployment/tables.ts';

/** An item as DynamoDB's protocol writes it. */
export type WireItem = Record<string, AttributeValue>;

const writeUnitBytes = 1_024;
const readUnitBytes = 4_096;
// Of each list and map, beside one for each of its members.
const containerBytes = 3;

/** The size that DynamoDB bills for a value: a number takes about a byte for two digits, and one more. */
const valueBytes = (value: AttributeValue): number => {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return Math.ceil(value.N.replace(/[-.]/g, '').length / 2) + 1;
  if (value.L !== undefined) return containerBytes + value.L.reduce((sum, each) => sum + valueBytes(each) + 1, 0);
  if (value.M !== undefined) return containerBytes + itemBytes(value.M) + Object.keys(value.M).length;
  if (value.SS !== undefined) return value.SS.reduce((sum, each) => sum + Buffer.byteLength(each), 0);
  return 1;
};

/** The size that DynamoDB bills for an item, with the names of its attributes. */
export const itemBytes = (item: WireItem): number =>
  Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value), 0);

const unitsOf = (item: WireItem | undefined, unitBytes: number): number =>
  item === undefined ? 0 : Math.max(1, Math.ceil(itemBytes(item) / unitBytes));

/** What an index holds of an item; undefined if the item is not in it. */
const entryOf = (item: WireItem | undefined, index: IndexDefinition, keys: readonly string[]): WireItem | undefined => {
  if (item?.[index.partitionKey] === undefined || item[index.sortKey] === undefined) return undefined;
  const names = [...keys, index.partitionKey, index.sortKey, ...(index.includes ?? [])];
  return Object.fromEntries(Object.entries(item).filter(([name]) => names.includes(name)));
};

const indexUnits = (before: WireItem | undefined, after: WireItem | undefined, index: IndexDefinition): number => {
  if (before === undefined || after === undefined) return unitsOf(before ?? after, writeUnitBytes);
  if (JSON.stringify(sorted(before)) === JSON.stringify(sorted(after))) return 0;
  const isMoved = [index.partitionKey, index.sortKey].some(
    (key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]),
  );
  const units = [unitsOf(before, writeUnitBytes), unitsOf(after, writeUnitBytes)];
  return isMoved ? units.reduce((sum, each) => sum + each, 0) : Math.max(...units);
};

const sorted = (item: WireItem) => Object.entries(item).sort(([one], [other]) => (one < other ? -1 : 1));

/**
 * The write units of one write: of the item, and of every index whose share of it changes, where an entry that moves is deleted and
 * written. A write whose condition does not hold is billed as if nothing changed.
 */
export const writeUnits = (
  before: WireItem | undefined,
  after: WireItem | undefined,
  { partitionKey, sortKey, indexes = {} }: TableDefinition,
): { item: number; indexes: Record<string, number> } => {
  const keys = [partitionKey, ...(sortKey === undefined ? [] : [sortKey])];
  return {
    item: Math.max(1, unitsOf(before, writeUnitBytes), unitsOf(after, writeUnitBytes)),
    indexes: Object.fromEntries(
      Object.entries(indexes).map(([name, index]) => [
        name,
        indexUnits(entryOf(before, index, keys), entryOf(after, index, keys), index),
      ]),
    ),
  };
};

/** The read units of what one request reads together; half of them where the read need not be consistent. */
export const readUnits = (items: readonly WireItem[], consistent: boolean): number => {
  const bytes = items.reduce((sum, item) => sum + itemBytes(item), 0);
  return Math.max(1, Math.ceil(bytes / readUnitBytes)) * (consistent ? 1 : 0.5);
};
