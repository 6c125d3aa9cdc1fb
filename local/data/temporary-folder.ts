import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises';
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

// Asking for the lock of one's own folder would end that lock: a process has it once, and any of its handles gives it back.
const ownFolders = new Set<string>();

/** Makes a folder for the tables of this process, and removes those of processes that were killed before they could. */
export const createTemporaryFolder = async (parent = tmpdir()): Promise<TemporaryFolder> => {
  const names = (await readdir(parent)).filter((name) => name.startsWith(prefix));
  await Promise.allSettled(names.map((name) => removeLeft(join(parent, name))));
  const path = await mkdtemp(join(parent, prefix));
  ownFolders.add(path);
  return {
    path,
    remove: async () => {
      await rm(path, { recursive: true, force: true });
      ownFolders.delete(path);
    },
  };
};

const removeLeft = async (path: string): Promise<void> => {
  const found = await lstat(path);
  // What another user has put there stays, and is not followed: opening tables writes to files beside them.
  const isOurs = found.isDirectory() && found.uid === process.getuid?.() && !ownFolders.has(path);
  if (!isOurs || Date.now() - found.mtimeMs < youngMs || (await isInUse(path))) return;
  await rm(path, { recursive: true });
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
