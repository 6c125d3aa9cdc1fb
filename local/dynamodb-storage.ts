import { statfsSync } from 'node:fs';
import { ClassicLevel } from 'classic-level';
import db from 'dynalite/db/index.js';
import { noteFailedWrite } from './data/level-log.ts';
import { listIndexOperations, type Operation, setIndexWriterOfThread } from './dynamodb-indexes.ts';

interface Values {
  nextv(size: number): Promise<unknown[]>;
  close(): Promise<void>;
}

const mb = 1024 * 1024;

/**
 * Sizes of LevelDB that hold its memory below some 80 MB however much there is on the disk: it keeps every table that is open mapped, 64
 * at least, and two buffers of 4 MB for writes. In bytes.
 */
export const levelSizes = { maxOpenFiles: 74, maxFileSize: mb, cacheSize: 4 * mb } as const;

/** Opens every LevelDB of this thread with {@link levelSizes}, as dynalite opens its own without any. */
export const limitLevelMemory = (): void => {
  const open: (this: ClassicLevel, options: object) => Promise<void> = Reflect.get(ClassicLevel.prototype, '_open');
  Object.assign(ClassicLevel.prototype, {
    _open(this: ClassicLevel, options: object) {
      return open.call(this, { ...options, ...levelSizes });
    },
  });
};

/**
 * Has every write of dynalite in this thread write an item and its copies in the indexes as one. dynalite writes the indexes first, one by one, and the item last, none of them synced: a crash in between would leave an
 * index that says what the item does not. A write that fails is an answer of the service, and not the end of the process. Nothing but dynalite
 * may use LevelDB in this thread.
 *
 * @param sync whether a write is on the disk before it is answered
 */
export const makeWritesAtomic = (sync: boolean): void => {
  const pending = new Map<string, Operation[]>();
  setIndexWriterOfThread((_store, table, existing, item, done) => {
    const changed = item ?? existing;
    // An item is locked from here until it is written, and its key is that of no other.
    if (changed) {
      pending.set(
        `item-${table.TableName}~${db.createKey(changed, table)}`,
        listIndexOperations(table, existing, item),
      );
    }
    done();
  });
  const get: (this: ClassicLevel, key: string) => Promise<unknown> = ClassicLevel.prototype.get;
  const batch: (this: ClassicLevel, operations: Operation[], options: { sync: boolean }) => Promise<void> =
    ClassicLevel.prototype.batch;
  const getSync: (this: ClassicLevel, key: string) => unknown = ClassicLevel.prototype.getSync;
  const values: (this: ClassicLevel, range: object) => Values = ClassicLevel.prototype.values;
  const write = async (level: ClassicLevel, operation: Operation): Promise<void> => {
    const others = pending.get(operation.key) ?? [];
    pending.delete(operation.key);
    if (broken.has(level)) throw new StorageError('a write has failed before');
    const opened = failures.get(level);
    try {
      await batch.call(level, [...others, operation], { sync });
    } catch (error) {
      reopen(level);
      throw new StorageError(error);
    }
    // It may lie behind one that failed half-way while it was under way: nobody may believe that it can be read.
    if (failures.get(level) !== opened) throw new StorageError('a write beside it has failed');
  };
  Object.assign(ClassicLevel.prototype, {
    put(this: ClassicLevel, key: string, value: unknown) {
      return write(this, { type: 'put', key, value });
    },
    del(this: ClassicLevel, key: string) {
      return write(this, { type: 'del', key });
    },
    async get(this: ClassicLevel, key: string) {
      await opening.get(this);
      return get.call(this, key).catch(fail);
    },
    getSync(this: ClassicLevel, key: string) {
      try {
        return getSync.call(this, key);
      } catch (error) {
        return fail(error);
      }
    },
    // Streams of values use these two of an iterator.
    values(this: ClassicLevel, range: object): Values {
      let iterator: Values | undefined;
      return {
        nextv: async (size) => {
          await opening.get(this);
          iterator ??= values.call(this, range);
          return iterator.nextv(size).catch(fail);
        },
        close: async () => iterator?.close(),
      };
    },
  });
};

/** What dynalite answers instead of throwing it, which would end the process: an error of the service, which clients repeat. */
class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly statusCode = 500;
  readonly body = {
    __type: 'com.amazonaws.dynamodb.v20120810#InternalServerError',
    message: 'The tables cannot be read or written.',
  };

  constructor(cause: unknown) {
    // dynalite deletes tables by the message of an error.
    super('The tables cannot be read or written.', { cause });
  }
}

const fail = (error: unknown): never => {
  if (isDamage(error)) console.error(`The tables are damaged (${error.message}). Restore the folder from a backup.`);
  throw new StorageError(error);
};

const isDamage = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && ['LEVEL_CORRUPTION', 'LEVEL_DECODE_ERROR'].includes(String(error.code));

const reopenMs = 1_000;
// What LevelDB writes when it is opened, and some more.
const roomBytes = 8 * 1024 * 1024;
const broken = new WeakSet<ClassicLevel>();
const opening = new WeakMap<ClassicLevel, Promise<void>>();
// How often a write has failed.
const failures = new WeakMap<ClassicLevel, number>();

/**
 * After a write that failed half-way, such as on a full disk, what is written behind it could not be read again: nothing more is
 * written until LevelDB was opened anew. That needs room; what is there can be read meanwhile.
 */
const reopen = (level: ClassicLevel): void => {
  if (broken.has(level)) return;
  broken.add(level);
  failures.set(level, (failures.get(level) ?? 0) + 1);
  try {
    noteFailedWrite(level.location);
  } catch (error) {
    console.error(`It could not be noted that a write has failed: ${error instanceof Error ? error.message : error}`);
  }
  const attempt = async (): Promise<void> => {
    const { bavail, bsize } = statfsSync(level.location);
    if (bavail * bsize < roomBytes) throw new Error('There is no room on their disk.');
    // Its own way to close: that of dynalite, which stands before it, is for good.
    await ClassicLevel.prototype.close.call(level);
    await level.open();
  };
  const insist = (): void => {
    const attempted = attempt();
    opening.set(
      level,
      attempted.catch(() => {}),
    );
    attempted.then(
      () => {
        opening.delete(level);
        broken.delete(level);
      },
      (error: unknown) => {
        console.error(`The tables cannot be written: ${error instanceof Error ? error.message : error}`);
        setTimeout(insist, reopenMs);
      },
    );
  };
  insist();
};
