import { accessSync, chmodSync, constants, existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { upgradeSteps } from './upgrade.ts';

/** A data folder cannot be used; the message names the file and says what to do. */
export class DataFolderError extends Error {
  override readonly name = 'DataFolderError';
}

/** How a database of the data folder is opened. */
export interface DatabaseOptions {
  /** Creates what is not there. */
  schema: string;
  /** How long another process may still have it, such as one that is just ending; 0, the default, refuses at once. */
  waitMs?: number;
  /** The version that it is to have; by default that of this gateway. */
  version?: number;
  /** Brings an older folder to that version, and runs again if it is cut off. */
  upgrade?(database: DatabaseSync, version: number): void;
}

// Source: https://www.sqlite.org/rescode.html
const busy = 5;
const readOnly = [8, 14];
const inputOutput = 10;
const full = 13;
const damaged = [11, 26];

/** How SQLite names what went wrong; undefined for other errors. */
const readErrorCode = (error: unknown): number | undefined =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;

const isWritable = (path: string): boolean => {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
};

const explain = (path: string, error: unknown): unknown => {
  const code = readErrorCode(error);
  if (code === busy) {
    return new DataFolderError(
      `${path} is in use: another gateway runs on this folder. Stop it, or choose another --data.`,
    );
  }
  if (code !== undefined && (readOnly.includes(code) || (code === inputOutput && !isWritable(path)))) {
    return new DataFolderError(`${path} cannot be written. Check the owner and the permissions of the folder.`);
  }
  if (code === inputOutput) {
    return new DataFolderError(`${path} cannot be read or written: its disk reports an error. Check the disk.`);
  }
  if (code === full) return describeFullDisk(path);
  if (code !== undefined && damaged.includes(code)) return describeDamage(path, (error as Error).message);
  return error;
};

/** The error for a folder in which nothing can be written at a start. */
export const describeFullDisk = (path: string): DataFolderError =>
  new DataFolderError(`${path}: there is no room on its disk. Make room and start again; nothing was lost.`);

/** The error for a file of the folder that cannot be read. */
export const describeDamage = (path: string, reason: string): DataFolderError =>
  new DataFolderError(
    `${path} is damaged (${reason}). Nothing was changed. Restore the folder from a backup (npm start -- --backup makes one), ` +
      'or move it away to begin anew: jobs that wait in it are then lost.',
  );

/**
 * Opens a database of the data folder for this process alone: the lock is the system's, so a killed process leaves none. A
 * transaction is on the disk when it is committed.
 *
 * @throws {DataFolderError} if another process has it, or it is damaged, of a newer version or cannot be written
 */
export const openDatabase = (path: string, options: DatabaseOptions): DatabaseSync => {
  const { schema, waitMs = 0, version: wanted = upgradeSteps.length + 1 } = options;
  const isNew = !existsSync(path);
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: waitMs });
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    if (isNew) chmodSync(path, 0o600);
    const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
    checkVersion(path, version, wanted);
    checkPages(path, database);
    // A new one has no version.
    if (version > 0) options.upgrade?.(database, version);
    database.exec(`BEGIN IMMEDIATE; ${schema}; PRAGMA user_version = ${wanted}; COMMIT`);
    return database;
  } catch (error) {
    database?.close();
    throw explain(path, error);
  }
};

const checkVersion = (path: string, version: number, known: number): void => {
  if (version <= known) return;
  throw new DataFolderError(
    `${path} is of version ${version}, and this gateway knows versions up to ${known}. Use a newer gateway, or another --data.`,
  );
};

const checkPages = (path: string, database: DatabaseSync): void => {
  const result = String(database.prepare('PRAGMA quick_check(1)').get()?.['quick_check']);
  if (result !== 'ok') throw describeDamage(path, result);
};

/** Runs several statements as one: all of them or none. */
export const inTransaction = (database: DatabaseSync, run: () => void): void => {
  database.exec('BEGIN IMMEDIATE');
  try {
    run();
    database.exec('COMMIT');
  } catch (error) {
    // A full disk may have ended it already.
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
};
