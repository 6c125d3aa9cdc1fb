import db, { type Index, type IndexEntry, type Item, type Store, type Table } from 'dynalite/db/index.js';

/** A write of LevelDB. */
export type Operation = { type: 'put'; key: string; value: unknown } | { type: 'del'; key: string };

type MaybeItem = Item | null | undefined;

const listAttributes = ({ KeySchema = [], Projection }: Index, table: Table): string[] => [
  ...[...KeySchema, ...table.KeySchema].flatMap(({ AttributeName }) => AttributeName ?? []),
  ...(Projection?.NonKeyAttributes ?? []),
];

/** Two that are alike but for the order of their keys may count as different, which costs a write and nothing else. */
const isSame = (one: unknown, other: unknown): boolean =>
  one === other || JSON.stringify(one) === JSON.stringify(other);

/** Whether the copy of an item in an index is another than before. */
const isChanged = (index: Index, table: Table, existing: MaybeItem, item: MaybeItem): boolean => {
  if (!existing || !item || index.Projection?.ProjectionType === 'ALL') return true;
  return listAttributes(index, table).some((name) => !isSame(existing[name], item[name]));
};

/** What is to be written in the indexes of a table with an item: most writes change few of the copies, and the others are left as they are. */
export const listIndexOperations = (table: Table, existing: MaybeItem, item: MaybeItem): Operation[] =>
  (['Local', 'Global'] as const).flatMap((kind) => {
    const changed = (table[`${kind}SecondaryIndexes`] ?? []).filter((index) => isChanged(index, table, existing, item));
    const { puts, deletes } = db.getIndexActions(changed, existing, item, table);
    const keyOf = ({ index, key }: IndexEntry) => `index-${kind.toLowerCase()}~${table.TableName}~${index}~${key}`;
    return [
      ...deletes.map((entry): Operation => ({ type: 'del', key: keyOf(entry) })),
      ...puts.map((entry): Operation => ({ type: 'put', key: keyOf(entry), value: entry.item })),
    ];
  });

type IndexWriter = typeof db.updateIndexes;

// dynalite has one for all its stores. Nothing but this file replaces it.
const own = db.updateIndexes;
const ofStores = new WeakMap<Store, IndexWriter>();
let ofThread: IndexWriter | undefined;
db.updateIndexes = (store, ...rest) => (ofThread ?? ofStores.get(store) ?? own)(store, ...rest);

/** Has what is given write the indexes of every store of this thread, also of those that have a writer of their own. */
export const setIndexWriterOfThread = (writer: IndexWriter): void => {
  ofThread = writer;
};

/** Has the indexes of one store written with one operation, unless those of the whole thread are written by something else. */
export const writeIndexesAtOnce = (store: Store): void => {
  ofStores.set(store, ({ db: level }, table, existing, item, done) => {
    const operations = listIndexOperations(table, existing, item);
    if (operations.length === 0) done();
    else level.batch(operations, done);
  });
};
