import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { openDataFolder } from './data-folder.ts';
import { DataFolderError } from './database.ts';
import type { Upgraded } from './upgrade.ts';

/**
 * Writes a copy of a data folder as a tar archive, without its logs and what it was before an upgrade. No gateway may run on the folder meanwhile, and none can.
 * A folder of an older version is brought along first, as by a start.
 *
 * @returns the absolute path of the archive
 * @throws {DataFolderError} if there is no such folder, it is in use or damaged, or the file is there already
 */
export const backUp = async (
  directory: string,
  file: string,
): Promise<{ archive: string; upgraded: Upgraded | undefined }> => {
  const archive = resolve(file);
  if (!existsSync(join(directory, 'state.db'))) {
    throw new DataFolderError(`${resolve(directory)} is no data folder of a gateway.`);
  }
  if (existsSync(archive))
    throw new DataFolderError(`${archive} is there already. Choose another name for the backup.`);
  const { path, state, upgraded } = openDataFolder(directory);
  const part = `${archive}.part`;
  try {
    // Secrets lie in it; tar keeps the mode of a file that is there.
    await writeFile(part, '', { mode: 0o600 });
    await promisify(execFile)('tar', [
      '-cf',
      part,
      '--exclude',
      './log',
      '--exclude',
      './before-version-*',
      '-C',
      path,
      '.',
    ]);
    await rename(part, archive);
  } catch (cause) {
    await rm(part, { force: true });
    const reason = cause instanceof Error ? cause.message.trim() : String(cause);
    throw new DataFolderError(`The backup could not be written: ${reason}`, { cause });
  } finally {
    state.close();
  }
  return { archive, upgraded };
};
