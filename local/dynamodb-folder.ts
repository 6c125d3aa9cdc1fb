import { closeSync, existsSync, fstatSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { ClassicLevel } from 'classic-level';
import { DataFolderError, describeDamage, describeFullDisk } from './data/database.ts';
import { findLogDamage, hasFailedWrite } from './data/level-log.ts';
import { levelSizes } from './dynamodb-storage.ts';
import { rebuildIndexes } from './rebuild-indexes.ts';

/**
 * Opens and closes the folder of the tables, which repairs what a crash cut off, and brings indexes up to date that an older
 * gateway wrote.
 *
 * @param tables as they are created today
 * @returns the names of the tables whose indexes were built anew
 * @throws {DataFolderError} if LevelDB cannot read it
 */
export const prepareTables = async (path: string, tables: readonly CreateTableCommandInput[]): Promise<string[]> => {
  const tablesBefore = listTables(path);
  const level = new ClassicLevel<string, unknown>(path, { valueEncoding: 'json', ...levelSizes });
  try {
    await level.open();
    checkTables(path, tablesBefore);
    return await rebuildIndexes(level, tables);
  } catch (error) {
    if (error instanceof DataFolderError) throw error;
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw reason.includes('No space left on device') ? describeFullDisk(path) : describeDamage(path, reason);
  } finally {
    await level.close();
  }
};

// Source: "leveldb File format" (doc/table_format.md); little-endian.
const tableMagic = 'db4775248b80fb57';

/**
 * Lists the files of tables that are there before LevelDB is opened.
 *
 * @throws {DataFolderError} without `CURRENT`: LevelDB would begin a new database, and remove the files of the old one; with a damaged log, of
 * which it would leave out a part
 */
const listTables = (path: string): string[] => {
  if (!existsSync(path)) return [];
  const names = readdirSync(path);
  const tables = names.filter((name) => name.endsWith('.ldb'));
  const logs = hasFailedWrite(path) ? [] : names.filter((name) => name.endsWith('.log'));
  for (const name of logs) {
    const damagedAt = findLogDamage(join(path, name));
    if (damagedAt !== undefined) throw describeDamage(join(path, name), `at byte ${damagedAt}`);
  }
  // A kill in the first moment of a folder leaves a manifest that nothing was written behind.
  const isWritten = tables.length > 0 || names.some((name) => name.endsWith('.log') && sizeOf(join(path, name)) > 0);
  if (!names.includes('CURRENT') && isWritten) throw describeDamage(join(path, 'CURRENT'), 'it is gone');
  return tables;
};

const sizeOf = (file: string): number => statSync(file).size;

/** The last 8 bytes of a table, as a number in hex; undefined if LevelDB has merged it into others and removed it meanwhile. */
const readEnding = (path: string): string | undefined => {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  const ending = Buffer.alloc(8);
  readSync(file, ending, 0, 8, Math.max(0, fstatSync(file).size - 8));
  closeSync(file);
  return ending.reverse().toString('hex');
};

/**
 * Finds tables that were cut off, which LevelDB notices only as it reads them. Opened, it has removed what a crash left half-written and
 * nothing refers to.
 *
 * @throws {DataFolderError} if the end of one is missing
 */
const checkTables = (path: string, names: readonly string[]): void => {
  const left = new Set(readdirSync(path));
  for (const name of names.filter((each) => left.has(each))) {
    const ending = readEnding(join(path, name));
    if (ending !== undefined && ending !== tableMagic) throw describeDamage(join(path, name), 'its end is missing');
  }
};
