import { Stream } from 'node:stream';
import db, { type Callback, type Level, type Store, type Table } from 'dynalite/db/index.js';
import { writeIndexesAtOnce } from './dynamodb-indexes.ts';

const pageSize = 100;

/** Calls back outside of the promise, in which what the callback throws would get lost. */
const settle = <Result>(operation: Promise<Result>, callback: Callback<Result>): void => {
  operation.then(
    (result) => process.nextTick(callback, null, result),
    (error: unknown) => process.nextTick(callback, error),
  );
};

/** Streams the values of a range, which are read a page at a time. */
const streamValues = (level: Level, range: object): Stream => {
  const values = level.values(range);
  let isOver = false;
  const end = (): void => {
    isOver = true;
    void values.close();
  };
  // dynalite listens to a stream of the oldest kind as well, which has neither buffers nor states.
  const stream = Object.assign(new Stream(), { destroy: end });
  const read = (): void =>
    settle(values.nextv(pageSize), (error, page = []) => {
      if (isOver) return;
      if (error) {
        end();
        stream.emit('error', error);
        return;
      }
      for (const value of page) if (!isOver) stream.emit('data', value);
      if (isOver) return;
      if (page.length > 0) return read();
      end();
      stream.emit('end');
    });
  read();
  return stream;
};

/** Keeps the definitions of tables, which every request on an item asks for, until they are written again. */
const rememberTables = (store: Store): void => {
  const { getTable, tableDb } = store;
  const { put, del } = tableDb;
  const remembered = new Map<string, Table>();
  let changes = 0;
  const forget = (): void => {
    remembered.clear();
    changes += 1;
  };
  const forgetAfter =
    (done: Callback): Callback =>
    (error, result) => {
      forget();
      done(error, result);
    };
  Object.assign(tableDb, {
    put: (name: string, table: unknown, done: Callback) => {
      forget();
      put(name, table, forgetAfter(done));
    },
    del: (name: string, done: Callback) => {
      forget();
      del(name, forgetAfter(done));
    },
  });
  store.getTable = (name, ...rest) => {
    // Those that name a state change the definition that they get.
    if (rest.length === 2) return getTable(name, ...rest);
    const [done] = rest;
    const table = remembered.get(name);
    if (table !== undefined) return done(null, table);
    const before = changes;
    getTable(name, (error, found) => {
      if (found !== undefined && changes === before) remembered.set(name, found);
      done(error, found);
    });
  };
};

/**
 * Lets a store of dynalite read at once what LevelDB has in memory or in its files, where each item went through a thread, two promises and
 * a turn of the loop; keeps the definitions of its tables; and has its indexes written with one operation.
 */
const quicken = (store: Store): Store => {
  const level = store.db;
  const { get, put, del, batch } = level;
  // Its own methods, which return promises.
  const own: OwnMethods = Object.getPrototypeOf(level);
  // Else it waits until the level is open, which then calls these methods itself, for a promise.
  const isQuick = (done: unknown): boolean => level.status === 'open' && typeof done === 'function';
  Object.assign(level, {
    get: (key: string, done: Callback) => {
      if (!isQuick(done)) return get(key, done);
      let value: unknown;
      try {
        value = level.getSync(key);
      } catch (error) {
        return done(error);
      }
      done(null, value);
    },
    put: (key: string, value: unknown, done: Callback) => {
      if (!isQuick(done)) return put(key, value, done);
      settle(own.put.call(level, key, value), done);
    },
    del: (key: string, done: Callback) => {
      if (!isQuick(done)) return del(key, done);
      settle(own.del.call(level, key), done);
    },
    batch: (operations: object[], done: Callback) => {
      if (!isQuick(done)) return batch(operations, done);
      settle(own.batch.call(level, operations), done);
    },
    createValueStream: (range: object) => streamValues(level, range),
  });
  rememberTables(store);
  writeIndexesAtOnce(store);
  return store;
};

interface OwnMethods {
  put(this: Level, key: string, value: unknown): Promise<void>;
  del(this: Level, key: string): Promise<void>;
  batch(this: Level, operations: object[]): Promise<void>;
}

/** Starts what creates a store of dynalite, and quickens it. Whatever creates one later gets it as dynalite makes it. */
export const withQuickStore = <Started>(start: () => Started): { started: Started; store: Store } => {
  const { create } = db;
  let store: Store | undefined;
  db.create = (options) => {
    store = quicken(create(options));
    return store;
  };
  try {
    const started = start();
    if (store === undefined) throw new Error('dynalite has changed: it creates its store otherwise.');
    return { started, store };
  } finally {
    db.create = create;
  }
};
