declare module 'dynalite' {
  import type { Server } from 'node:http';

  interface DynaliteOptions {
    /** Milliseconds a table stays in CREATING. */
    createTableMs?: number;
    /** Milliseconds a table stays in DELETING. */
    deleteTableMs?: number;
    /** Milliseconds a table stays in UPDATING. */
    updateTableMs?: number;
  }

  /** Without a path, tables are kept in memory. */
  export default function dynalite(options?: DynaliteOptions): Server;
}
