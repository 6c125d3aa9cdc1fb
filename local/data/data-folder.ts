import { accessSync, chmodSync, constants, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DataFolderError } from './database.ts';
import { type DiskSpace, watchDiskSpace } from './disk-space.ts';
import { openState, type State } from './state.ts';
import { type Upgraded, type UpgradeStep, upgradeFolder, upgradeSteps } from './upgrade.ts';

/** Where the embedded stack keeps what must outlive it. */
export interface DataFolder {
  /** Absolute. */
  path: string;
  /** Whether it was made just now. */
  isNew: boolean;
  /** What was done to a folder of an older version. */
  upgraded: Upgraded | undefined;
  /** LevelDB of the tables. */
  dynamodb: string;
  /** Objects of the bucket. */
  s3: string;
  /** Log lines of the functions. */
  log: string;
  state: State;
  space: DiskSpace;
}

// At the top of a file system of its own.
const harmlessNames = ['lost+found'];

/**
 * Opens the folder for this process alone, and makes it if it is not there. Secrets lie in it, so only its owner may read it.
 *
 * @throws {DataFolderError} if it cannot be used
 */
export const openDataFolder = (directory: string, steps: readonly UpgradeStep[] = upgradeSteps): DataFolder => {
  const path = resolve(directory);
  const file = join(path, 'state.db');
  const isNew = !existsSync(file);
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    accessSync(path, constants.W_OK | constants.X_OK);
    if (isNew && readdirSync(path).some((name) => !harmlessNames.includes(name))) {
      throw new DataFolderError(`${path} is not empty and no data folder of a gateway. Name a folder of its own.`);
    }
    chmodSync(path, 0o700);
  } catch (cause) {
    if (cause instanceof DataFolderError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DataFolderError(
      `${path} cannot be used as a data folder: ${reason}. Check its owner, its permissions and how its disk is mounted.`,
      { cause },
    );
  }
  let upgraded: Upgraded | undefined;
  const state = openState(file, {
    version: steps.length + 1,
    upgrade: (database, version) => {
      upgraded = upgradeFolder(path, database, version, steps);
    },
  });
  return {
    path,
    isNew,
    upgraded,
    dynamodb: join(path, 'dynamodb'),
    s3: join(path, 's3'),
    log: join(path, 'log'),
    state,
    space: watchDiskSpace(path),
  };
};
