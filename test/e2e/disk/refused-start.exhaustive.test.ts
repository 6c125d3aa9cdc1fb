import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { openDataFolder } from '#local/data/data-folder.ts';
import { canMount, canRunAsNobody, mountReadOnly, newFolder, nobody } from './mounts.ts';

const start = fileURLToPath(new URL('../../../local/cli/start.ts', import.meta.url));
const isOtherUserThere = canRunAsNobody();

/** Runs `npm start`, without npm, as another user if need be; returns its exit code and what it says. */
const runStart = (folder: string, user?: number) => {
  const { status, stderr, error } = spawnSync(process.execPath, [start, '--data', folder], {
    uid: user,
    gid: user,
    cwd: '/',
    env: { PATH: process.env['PATH'] ?? '', HOME: '/' },
    encoding: 'utf8',
    timeout: 150_000,
  });
  if (error) throw error;
  return { status, says: stderr.trim() };
};

const createFolder = (): string => {
  const top = newFolder();
  chmodSync(top, 0o755);
  const path = join(top, 'data');
  openDataFolder(path).state.close();
  return path;
};

it.runIf(isOtherUserThere)('says that a folder is not its own', () => {
  const path = createFolder();
  const { status, says } = runStart(path, nobody);
  expect(status).toBe(1);
  expect(says).toMatch(
    /data cannot be used as a data folder: EACCES.*Check its owner, its permissions and how its disk is mounted/,
  );
});

it.runIf(isOtherUserThere)('says which file cannot be written in a folder that can', () => {
  const path = createFolder();
  chownSync(path, nobody, nobody);
  chmodSync(join(path, 'state.db'), 0o444);
  const { status, says } = runStart(path, nobody);
  expect(status).toBe(1);
  expect(says).toMatch(/state\.db cannot be written\. Check the owner and the permissions/);
});

it.runIf(isOtherUserThere)('says that a folder of another owner cannot be made', () => {
  const top = newFolder();
  chmodSync(top, 0o755);
  mkdirSync(join(top, 'mine'));
  const { status, says } = runStart(join(top, 'mine', 'data'), nobody);
  expect(status).toBe(1);
  expect(says).toMatch(/cannot be used as a data folder: EACCES/);
});

it.skipIf(!canMount())('says that a disk is mounted for reading only, and leaves the folder as it is', () => {
  const path = createFolder();
  const mounted = mountReadOnly(path);
  const before = readdirSync(path);
  const { status, says } = runStart(mounted);
  expect(status).toBe(1);
  expect(says).toMatch(/cannot be used as a data folder: EROFS.*how its disk is mounted/);
  expect(readdirSync(path)).toEqual(before);
});

it('says that another process has the folder, for as long as it has it', () => {
  const path = createFolder();
  const { state } = openDataFolder(path);
  const { status, says } = runStart(path);
  state.close();
  expect(status).toBe(1);
  expect(says).toMatch(/state\.db is in use: another gateway runs on this folder\. Stop it/);
});
