import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import * as z from 'zod';
import { backUp } from '#local/data/backup.ts';
import { openDataFolder } from '#local/data/data-folder.ts';
import { createLogFiles } from '#local/data/log-files.ts';
import { startHttpApi } from '#local/http-api/start-http-api.ts';
import { startDynamoDbThread } from '#local/start-dynamodb.ts';

const newFolder = async (): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), 'firefly-gateway-data-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return join(directory, 'data');
};

/** Opens a folder, writes a document into it and closes it. */
const fill = (path: string): void => {
  const { state } = openDataFolder(path);
  state.write({ kind: 'schedule', id: 'one', value: 1 });
  state.close();
};

it('lets only its owner read what it holds', async () => {
  const path = await newFolder();
  fill(path);
  expect((await stat(path)).mode & 0o777).toBe(0o700);
  expect((await stat(join(path, 'state.db'))).mode & 0o777).toBe(0o600);
});

it('refuses a second process, and none after the first was closed', async () => {
  const path = await newFolder();
  const { state } = openDataFolder(path);
  expect(() => openDataFolder(path)).toThrow('another gateway runs on this folder');
  state.close();
  openDataFolder(path).state.close();
});

it('names a damaged file and what to do, and changes nothing', async () => {
  const path = await newFolder();
  fill(path);
  const garbage = Buffer.alloc(8_192, 'x');
  await writeFile(join(path, 'state.db'), garbage);
  expect(() => openDataFolder(path)).toThrow(/state\.db is damaged .*Restore the folder from a backup/);
  expect(await readFile(join(path, 'state.db'))).toEqual(garbage);
});

it('names a document that cannot be read', async () => {
  const path = await newFolder();
  fill(path);
  const { state } = openDataFolder(path);
  expect(() => state.read('schedule', z.string())).toThrow(/state\.db is damaged \(schedule one/);
  state.close();
});

it('names tables that cannot be read', async () => {
  const path = await newFolder();
  await mkdir(path);
  await (await startDynamoDbThread({ path })).close();
  const manifest = (await readdir(path)).find((name) => name.startsWith('MANIFEST')) ?? '';
  await writeFile(join(path, manifest), 'no manifest');
  await expect(startDynamoDbThread({ path })).rejects.toThrow(/is damaged/);
});

it('takes no folder with other things in it', async () => {
  const path = await newFolder();
  await mkdir(path, { mode: 0o755 });
  await writeFile(join(path, 'thesis.txt'), 'of somebody');
  expect(() => openDataFolder(path)).toThrow(/is not empty and no data folder/);
  expect(await readdir(path)).toEqual(['thesis.txt']);
  expect((await stat(path)).mode & 0o777).toBe(0o755);
});

it('says why a folder cannot be used', async () => {
  const path = await newFolder();
  await writeFile(path, 'a file');
  expect(() => openDataFolder(path)).toThrow('cannot be used as a data folder');
});

it('refuses new jobs while the disk is full, and takes them when there is room', async () => {
  let isFull = true;
  const api = await startHttpApi({ invokeApi: async () => ({ statusCode: 202 }), isStorageLow: () => isFull });
  onTestFinished(() => api.close());
  const post = () => fetch(`${api.url}/v3/images/generate-async`, { method: 'POST', body: '{}' });
  const refused = await post();
  expect(refused.status).toBe(507);
  expect(await refused.json()).toMatchObject({ error_code: 'insufficient_storage' });
  expect((await fetch(`${api.url}/jobs`)).status).toBe(202);
  isFull = false;
  expect((await post()).status).toBe(202);
});

it('is backed up as a whole, and restored with tar', async () => {
  const path = await newFolder();
  fill(path);
  const file = `${path}.tar`;
  expect(await backUp(path, file)).toEqual({ archive: file, upgraded: undefined });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  await expect(backUp(path, file)).rejects.toThrow('is there already');
  await rm(path, { recursive: true });
  await expect(backUp(path, `${file}2`)).rejects.toThrow('is no data folder');
  await mkdir(path);
  execFileSync('tar', ['-xf', file, '-C', path]);
  const { state } = openDataFolder(path);
  expect([...state.read('schedule', z.number())]).toEqual([['one', 1]]);
  await expect(backUp(path, `${file}2`)).rejects.toThrow('another gateway runs');
  state.close();
});

it('keeps five log files of 10 MB beside the one that is written', async () => {
  const path = await newFolder();
  const write = createLogFiles(path);
  const line = 'x'.repeat(1024 * 1024);
  for (let count = 0; count < 80; count += 1) write('api', line);
  expect((await readdir(path)).toSorted()).toEqual([
    'functions.1.log',
    'functions.2.log',
    'functions.3.log',
    'functions.4.log',
    'functions.5.log',
    'functions.log',
  ]);
});
