import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';

/** A folder of tables for as long as this process runs. */
export interface TemporaryFolder {
  /** Absolute; open to its owner alone. */
  path: string;
  remove(): Promise<void>;
}

const prefix = 'firefly-gateway-tables-';

// A start opens the tables within seconds of making their folder.
const youngMs = 60_000;

/** Makes a folder for the tables of this process, and removes those of processes that were killed before they could. */
export const createTemporaryFolder = async (parent = tmpdir()): Promise<TemporaryFolder> => {
  const names = (await readdir(parent)).filter((name) => name.startsWith(prefix));
  // That of another user stays.
  await Promise.allSettled(names.map((name) => removeLeft(join(parent, name))));
  const path = await mkdtemp(join(parent, prefix));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
};

const removeLeft = async (path: string): Promise<void> => {
  const { mtimeMs } = await stat(path);
  if (Date.now() - mtimeMs >= youngMs && !(await isInUse(path))) await rm(path, { recursive: true });
};

/**
 * Whether a process has the tables of a folder open. The lock is the system's: it ends with the process, and holds between containers that
 * share the folder, where ids of processes say nothing.
 */
const isInUse = async (path: string): Promise<boolean> => {
  const level = new ClassicLevel(path, { createIfMissing: false });
  try {
    await level.open();
    await level.close();
    return false;
  } catch (error) {
    const { cause } = error as Error;
    return cause instanceof Error && 'code' in cause && cause.code === 'LEVEL_LOCKED';
  }
};
