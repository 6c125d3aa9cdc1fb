import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { ClassicLevel } from 'classic-level';
import db, { type IndexEntry, type Item, type Table } from 'dynalite/db/index.js';
import { describeDamage, describeFullDisk } from './data/database.ts';
import { rebuildIndexes } from './rebuild-indexes.ts';

type Operation = { type: 'put'; key: string; value: unknown } | { type: 'del'; key: string };

const written = { sync: true } as const;

const indexOperations = (table: Table, existing: Item | null | undefined, item: Item | null | undefined): Operation[] =>
  (['Local', 'Global'] as const).flatMap((kind) => {
    const { puts, deletes } = db.getIndexActions(table[`${kind}SecondaryIndexes`] ?? [], existing, item, table);
    const keyOf = ({ index, key }: IndexEntry) => `index-${kind.toLowerCase()}~${table.TableName}~${index}~${key}`;
    return [
      ...deletes.map((entry): Operation => ({ type: 'del', key: keyOf(entry) })),
      ...puts.map((entry): Operation => ({ type: 'put', key: keyOf(entry), value: entry.item })),
    ];
  });

/**
 * Makes every write of dynalite in this thread durable before it is answered, and writes an item and its copies in the indexes as
 * one. dynalite writes the indexes first, one by one, and the item last, none of them synced: a crash in between would leave an
 * index that says what the item does not. Nothing but dynalite may use LevelDB in this thread.
 */
export const makeWritesDurable = (): void => {
  const pending = new Map<string, Operation[]>();
  db.updateIndexes = (_store, table, existing, item, done) => {
    const changed = item ?? existing;
    // An item is locked from here until it is written, and its key is that of no other.
    if (changed) {
      pending.set(`item-${table.TableName}~${db.createKey(changed, table)}`, indexOperations(table, existing, item));
    }
    done();
  };
  const batch: (this: ClassicLevel, operations: Operation[], options: typeof written) => Promise<void> =
    ClassicLevel.prototype.batch;
  const write = async (level: ClassicLevel, operation: Operation): Promise<void> => {
    const others = pending.get(operation.key) ?? [];
    pending.delete(operation.key);
    try {
      await batch.call(level, [...others, operation], written);
    } catch (error) {
      reopen(level);
      throw error;
    }
  };
  ClassicLevel.prototype.put = function (key: string, value: unknown) {
    return write(this, { type: 'put', key, value });
  };
  ClassicLevel.prototype.del = function (key: string) {
    return write(this, { type: 'del', key });
  };
};

const reopenMs = 1_000;
const reopening = new WeakSet<ClassicLevel>();

// After a write that failed half-way, such as on a full disk, what is written behind it could not be read again.
const reopen = (level: ClassicLevel): void => {
  if (reopening.has(level)) return;
  reopening.add(level);
  const attempt = async (): Promise<void> => {
    try {
      await level.close();
      await level.open();
      reopening.delete(level);
    } catch (error) {
      console.error(`The tables cannot be opened: ${String(error)}`);
      setTimeout(() => void attempt(), reopenMs);
    }
  };
  void attempt();
};

/**
 * Opens and closes the folder of the tables, which repairs what a crash cut off, and brings indexes up to date that an older
 * gateway wrote.
 *
 * @param tables as they are created today
 * @returns the names of the tables whose indexes were built anew
 * @throws {DataFolderError} if LevelDB cannot read it
 */
export const prepareTables = async (path: string, tables: readonly CreateTableCommandInput[]): Promise<string[]> => {
  const level = new ClassicLevel<string, unknown>(path, { valueEncoding: 'json' });
  try {
    await level.open();
    return await rebuildIndexes(level, tables);
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw reason.includes('No space left on device') ? describeFullDisk(path) : describeDamage(path, reason);
  } finally {
    await level.close();
  }
};
