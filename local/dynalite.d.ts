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

  export interface Table {
    TableName: string;
    LocalSecondaryIndexes?: object[];
    GlobalSecondaryIndexes?: object[];
  }

  /** A copy of an item in an index; `item` is absent where it is deleted. */
  export interface IndexEntry {
    index: string;
    key: string;
    item?: Item;
  }

  const db: {
    createKey(item: Item, table: Table): string;
    getIndexActions(
      indexes: object[],
      existing: Item | null | undefined,
      item: Item | null | undefined,
      table: Table,
    ): { puts: IndexEntry[]; deletes: IndexEntry[] };
    compare(operator: string, one: object, other: object): boolean;
    /** Called before an item is written, with its table. */
    updateIndexes(
      store: unknown,
      table: Table,
      existing: Item | null | undefined,
      item: Item | null | undefined,
      done: (error?: Error) => void,
    ): void;
  };
  export default db;
}
