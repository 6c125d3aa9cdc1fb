import * as z from 'zod';
import { type DatabaseOptions, describeDamage, inTransaction, openDatabase } from './database.ts';

/** What is kept of the stand-ins that have no store of their own. */
export type StateKind =
  | 'applied-credentials'
  | 'credentials'
  | 'demo-callers'
  | 'execution'
  | 'invocation'
  | 'operation'
  | 'port'
  | 'schedule'
  | 'secret'
  | 'started'
  | 'suspended';

/** One document to be written; `undefined` deletes it. */
export interface Change {
  kind: StateKind;
  id: string;
  value: unknown;
}

/** Documents of JSON that outlive the process. */
export interface State {
  /**
   * All documents of a kind by their ids, in the order of the ids.
   *
   * @throws {DataFolderError} if one of them is not what the schema says
   */
  read<Schema extends z.ZodType>(kind: StateKind, schema: Schema): Map<string, z.output<Schema>>;
  /** Writes all of them or none; they are on the disk when it returns. */
  write(...changes: Change[]): void;
  close(): void;
}

/** Keeps nothing: for a stack that lives in memory. */
export const memoryState: State = { read: () => new Map(), write: () => {}, close: () => {} };

const schema = `CREATE TABLE IF NOT EXISTS documents (
  kind TEXT NOT NULL, id TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (kind, id)
) WITHOUT ROWID`;

const row = z.object({ id: z.string(), value: z.string() });

/**
 * Keeps documents in a file of their own.
 *
 * @throws {DataFolderError} see {@link openDatabase}
 */
export const openState = (path: string, options: Omit<DatabaseOptions, 'schema'> = {}): State => {
  const database = openDatabase(path, { ...options, schema });
  const select = database.prepare('SELECT id, value FROM documents WHERE kind = ? ORDER BY id');
  const put = database.prepare('INSERT OR REPLACE INTO documents (kind, id, value) VALUES (?, ?, ?)');
  const remove = database.prepare('DELETE FROM documents WHERE kind = ? AND id = ?');
  return {
    read: (kind, documentSchema) =>
      new Map(
        select.all(kind).map((found) => {
          const { id, value } = row.parse(found);
          const parsed = documentSchema.safeParse(JSON.parse(value));
          if (parsed.success) return [id, parsed.data] as const;
          throw describeDamage(path, `${kind} ${id}: ${z.prettifyError(parsed.error)}`);
        }),
      ),
    write: (...changes) => {
      if (changes.length === 0) return;
      inTransaction(database, () => {
        for (const { kind, id, value } of changes) {
          if (value === undefined) remove.run(kind, id);
          else put.run(kind, id, JSON.stringify(value));
        }
      });
    },
    close: () => database.close(),
  };
};
