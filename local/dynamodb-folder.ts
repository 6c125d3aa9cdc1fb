import { closeSync, existsSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { ClassicLevel } from 'classic-level';
import { describeDamage, describeFullDisk } from './data/database.ts';
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
  checkFiles(path);
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

// Source: "leveldb File format" (doc/table_format.md); little-endian.
const tableMagic = 'db4775248b80fb57';

/** Finds what LevelDB finds late or not at all: without `CURRENT` it begins a new database, and removes the files of the old one. */
const checkFiles = (path: string): void => {
  if (!existsSync(path)) return;
  const names = readdirSync(path);
  const tables = names.filter((name) => name.endsWith('.ldb'));
  if (!names.includes('CURRENT') && (tables.length > 0 || names.some((name) => name.startsWith('MANIFEST')))) {
    throw describeDamage(join(path, 'CURRENT'), 'it is gone');
  }
  for (const name of tables) {
    const file = openSync(join(path, name), 'r');
    const footer = Buffer.alloc(8);
    const { size } = fstatSync(file);
    readSync(file, footer, 0, 8, Math.max(0, size - 8));
    closeSync(file);
    if (footer.reverse().toString('hex') !== tableMagic) throw describeDamage(join(path, name), 'its end is missing');
  }
};
