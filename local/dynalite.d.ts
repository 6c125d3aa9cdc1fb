declare module 'dynalite' {
  import type { Server } from 'node:http';

  interface DynaliteOptions {
    /** Milliseconds a table stays in CREATING. */
    createTableMs?: number;
    /** Milliseconds a table stays in DELETING. */
    deleteTableMs?: number;
    /** Milliseconds a table stays in UPDATING. */
    updateTableMs?: number;
    /** Folder of the LevelDB that keeps the tables. */
    path?: string;
  }

  /** Without a path, tables are kept in memory. */
  export default function dynalite(options?: DynaliteOptions): Server;
}

declare module 'dynalite/db/index.js' {
  /** Attributes in the form of DynamoDB's JSON. */
  export type Item = Record<string, unknown>;

  export interface KeySchemaElement {
    AttributeName?: string | undefined;
  }

  export interface Index {
    IndexName?: string | undefined;
    KeySchema?: KeySchemaElement[] | undefined;
    Projection?: { ProjectionType?: string | undefined; NonKeyAttributes?: string[] | undefined } | undefined;
  }

  export interface Table {
    TableName: string;
    KeySchema: KeySchemaElement[];
    LocalSecondaryIndexes?: Index[];
    GlobalSecondaryIndexes?: Index[];
  }

  export type Callback<Result = unknown> = (error?: unknown, result?: Result) => void;

  /** A level, whose own methods dynalite has replaced by ones with a callback. */
  export interface Level {
    readonly status: string;
    get(key: string, callback: Callback): void;
    getSync(key: string): unknown;
    put(key: string, value: unknown, callback: Callback): void;
    del(key: string, callback: Callback): void;
    batch(operations: object[], callback: Callback): void;
    values(range: object): { nextv(size: number): Promise<unknown[]>; close(): Promise<void> };
  }

  export interface Store {
    db: Level;
    tableDb: Pick<Level, 'put' | 'del'>;
    /** With a callback in the second place a table that is being made or deleted is not found. */
    getTable(name: string, ...rest: [Callback<Table>] | [boolean, Callback<Table>]): void;
  }

  /** A copy of an item in an index; `item` is absent where it is deleted. */
  export interface IndexEntry {
    index: string;
    key: string;
    item?: Item;
  }

  const db: {
    create(options: object): Store;
    createKey(item: Item, table: Table): string;
    getIndexActions(
      indexes: Index[],
      existing: Item | null | undefined,
      item: Item | null | undefined,
      table: Table,
    ): { puts: IndexEntry[]; deletes: IndexEntry[] };
    compare(operator: string, one: object, other: object): boolean;
    /** Called before an item is written, with its table. */
    updateIndexes(
      store: Store,
      table: Table,
      existing: Item | null | undefined,
      item: Item | null | undefined,
      done: Callback,
    ): void;
  };
  export default db;
}

declare module 'dynalite/actions/*.js' {
  import type { Callback, Store } from 'dynalite/db/index.js';

  /** Does what a request asks for that was found valid. */
  const action: (store: Store, input: object, done: Callback) => void;
  export default action;
}

declare module 'dynalite/validations/*.js' {
  import type { Store } from 'dynalite/db/index.js';

  /** What is valid as input of one operation. */
  export const types: object;
  export const custom: ((input: object, store: Store) => string | undefined) | undefined;
}

declare module 'dynalite/validations/index.js' {
  const validations: {
    /** Returns the input with what it knows of it. */
    checkTypes(input: object, types: object): object;
    checkValidations(input: object, types: object, custom: unknown, store: unknown): void;
  };
  export default validations;
}
