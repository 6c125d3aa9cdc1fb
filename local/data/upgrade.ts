import {
  closeSync,
  copyFileSync,
  cpSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** A step that brings a data folder from the version before to its own. A crash may cut it off: then it runs again. */
export type UpgradeStep = (folder: {
  /** Absolute. */
  path: string;
  /** The open `state.db`; the other stores are closed. */
  state: DatabaseSync;
}) => void;

/** From version 1 on, in their order. A step changes no body of an object, and is never taken away again. */
export const upgradeSteps: readonly UpgradeStep[] = [];

/** What an upgrade has done. */
export interface Upgraded {
  from: number;
  to: number;
  /** Where the folder lies as it was before. */
  copy: string;
}

// The process of a gateway that was killed ends a moment later.
const waitMs = 5_000;

const setVersion = (database: DatabaseSync, version: number): void => database.exec(`PRAGMA user_version = ${version}`);

/**
 * Brings a folder to the version of this gateway, step by step: each is noted when it is done, so that a crash repeats that one at
 * most. Before the first step the folder is copied.
 *
 * @param version of the folder, from 1 on
 * @returns undefined if it is of this version already
 */
export const upgradeFolder = (
  path: string,
  state: DatabaseSync,
  version: number,
  steps: readonly UpgradeStep[],
): Upgraded | undefined => {
  const to = steps.length + 1;
  if (version >= to) return undefined;
  // Takes the lock, which is kept.
  state.exec('BEGIN IMMEDIATE; COMMIT');
  const copy = join(path, `before-version-${to}`);
  if (!existsSync(copy)) copyFolder(path, state, copy);
  for (const [index, step] of steps.entries()) {
    if (index + 1 < version) continue;
    step({ path, state });
    setVersion(state, index + 2);
  }
  return { from: version, to, copy };
};

/** Copies databases and tables, and gives bodies of objects a second name: they are never changed. */
const copyFolder = (path: string, state: DatabaseSync, copy: string): void => {
  const part = `${copy}.part`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(join(part, 's3'), { recursive: true, mode: 0o700 });
  copyDatabase(state, join(part, 'state.db'));
  const index = join(path, 's3', 'index.db');
  if (existsSync(index)) {
    const database = new DatabaseSync(index, { timeout: waitMs });
    copyDatabase(database, join(part, 's3', 'index.db'));
    database.close();
  }
  const tables = join(path, 'dynamodb');
  if (existsSync(tables)) cpSync(tables, join(part, 'dynamodb'), { recursive: true });
  const bodies = join(path, 's3', 'objects');
  if (existsSync(bodies)) {
    for (const entry of readdirSync(bodies, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const from = join(entry.parentPath, entry.name);
      linkFile(from, join(part, from.slice(path.length)));
    }
  }
  // A power failure must not leave a copy that has its name and not its bytes.
  for (const entry of readdirSync(part, { recursive: true, withFileTypes: true })) {
    sync(join(entry.parentPath, entry.name));
  }
  sync(part);
  renameSync(part, copy);
  sync(path);
};

/** Has the bytes of a file, or the names in a folder, written to the disk. */
const sync = (path: string): void => {
  const descriptor = openSync(path, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
};

const copyDatabase = (database: DatabaseSync, file: string): void => {
  const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
  database.prepare('VACUUM INTO ?').run(file);
  const copied = new DatabaseSync(file);
  setVersion(copied, version);
  copied.close();
};

const linkFile = (from: string, to: string): void => {
  mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
  try {
    linkSync(from, to);
  } catch {
    // Some file systems have no second names.
    copyFileSync(from, to);
  }
};
