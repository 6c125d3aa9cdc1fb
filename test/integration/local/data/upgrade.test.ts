import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import * as z from 'zod';
import { openDataFolder } from '#local/data/data-folder.ts';
import type { UpgradeStep } from '#local/data/upgrade.ts';

const newFolder = async (): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), 'firefly-gateway-upgrade-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return join(directory, 'data');
};

/** A folder of version 1, with one document, a table and the body of an object. */
const fill = async (path: string): Promise<void> => {
  const { state } = openDataFolder(path);
  state.write({ kind: 'schedule', id: 'one', value: 1 });
  state.close();
  for (const folder of ['dynamodb', 's3/objects/ab']) await mkdir(join(path, folder), { recursive: true });
  await writeFile(join(path, 'dynamodb/000001.log'), 'items');
  await writeFile(join(path, 's3/objects/ab/body'), 'image');
};

const readOne = (path: string, steps: readonly UpgradeStep[] = []): number | undefined => {
  const { state } = openDataFolder(path, steps);
  const one = state.read('schedule', z.number()).get('one');
  state.close();
  return one;
};

const double: UpgradeStep = ({ state }) => state.exec("UPDATE documents SET value = value * 2 WHERE kind = 'schedule'");
const addOne: UpgradeStep = ({ state }) => state.exec("UPDATE documents SET value = value + 1 WHERE kind = 'schedule'");

it('brings an older folder along step by step, and leaves a copy of what it was', async () => {
  const path = await newFolder();
  await fill(path);
  const { state, upgraded } = openDataFolder(path, [addOne, double]);
  state.close();
  const copy = join(path, 'before-version-3');
  expect(upgraded).toEqual({ from: 1, to: 3, copy });
  expect(readOne(path, [addOne, double])).toBe(4);
  expect(await readFile(join(copy, 'dynamodb/000001.log'), 'utf8')).toBe('items');
  expect(await readFile(join(copy, 's3/objects/ab/body'), 'utf8')).toBe('image');
  expect((await stat(join(copy, 's3/objects/ab/body'))).nlink).toBe(2);
  expect(readOne(copy)).toBe(1);
});

it('repeats the step that a crash has cut off, and no other', async () => {
  const path = await newFolder();
  await fill(path);
  const ran: string[] = [];
  const first: UpgradeStep = (folder) => {
    ran.push('first');
    addOne(folder);
  };
  const crash: UpgradeStep = () => {
    ran.push('crash');
    throw new Error('crash');
  };
  expect(() => openDataFolder(path, [first, crash])).toThrow('crash');
  expect(readOne(path, [first, double])).toBe(4);
  expect(ran).toEqual(['first', 'crash']);
  expect(readOne(join(path, 'before-version-3'))).toBe(1);
});

it('runs no step on a new folder', async () => {
  const path = await newFolder();
  const { state, upgraded } = openDataFolder(path, [double]);
  state.close();
  expect(upgraded).toBeUndefined();
});

it('refuses a folder of a newer version, and changes nothing', async () => {
  const path = await newFolder();
  await fill(path);
  readOne(path, [double]);
  expect(() => openDataFolder(path)).toThrow(
    'is of version 2, and this gateway knows versions up to 1. Use a newer gateway',
  );
  expect(readOne(path, [double])).toBe(2);
});
