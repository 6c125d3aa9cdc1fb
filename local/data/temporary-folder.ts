import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for as long as this process runs. */
export interface TemporaryFolder {
  /** Absolute; open to its owner alone. */
  path: string;
  remove(): Promise<void>;
}

const prefix = 'firefly-gateway-tables-';

/** Makes a folder for this process, and removes those of processes that were killed before they could. */
export const createTemporaryFolder = async (parent = tmpdir()): Promise<TemporaryFolder> => {
  const names = (await readdir(parent)).filter((name) => name.startsWith(prefix));
  const left = names.filter((name) => !isRunning(Number(name.slice(prefix.length).split('-')[0])));
  // That of another user stays.
  await Promise.allSettled(left.map((name) => rm(join(parent, name), { recursive: true })));
  const path = await mkdtemp(join(parent, `${prefix}${process.pid}-`));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
};

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};
