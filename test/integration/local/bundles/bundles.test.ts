import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findBundles, makeBundles } from '#local/bundles/bundles.ts';

let directory: string;
let source: string;
let builds: number;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'bundles-'));
  source = join(directory, 'source.ts');
  await writeFile(source, 'one');
  builds = 0;
});

afterEach(() => rm(directory, { recursive: true }));

const cacheDirectory = () => join(directory, 'cache');

const open = async (build?: (target: string) => Promise<void>) => {
  const options = {
    sources: [source],
    cacheDirectory: cacheDirectory(),
    build:
      build ??
      (async (target: string) => {
        builds += 1;
        await writeFile(join(target, 'api.mjs'), await readFile(source));
        await writeFile(join(target, 'gateway.mjs'), await readFile(source));
      }),
  };
  return (await findBundles(options)) ?? makeBundles(options);
};

const readApi = async () => readFile(join(await open(), 'api.mjs'), 'utf8');

describe('bundles', () => {
  it('are made once', async () => {
    expect(await readApi()).toBe('one');
    expect(await readApi()).toBe('one');
    expect(builds).toBe(1);
  });

  it('are made again when a source has changed', async () => {
    await open();
    await writeFile(source, 'two');
    expect(await readApi()).toBe('two');
    expect(builds).toBe(2);
  });

  it.each([
    ['changed', (path: string) => writeFile(path, 'o')],
    ['gone', (path: string) => rm(path)],
  ])('are made again when one of them is %s', async (_, damage) => {
    await damage(join(await open(), 'gateway.mjs'));
    expect(await readFile(join(await open(), 'gateway.mjs'), 'utf8')).toBe('one');
    expect(builds).toBe(2);
  });

  it('are made again when the list of their hashes is damaged', async () => {
    await open();
    const [folder = ''] = await readdir(cacheDirectory());
    await writeFile(join(cacheDirectory(), folder, 'manifest.json'), '{');
    expect(await readApi()).toBe('one');
    expect(builds).toBe(2);
  });

  it('are whole when several gateways make them at the same time', async () => {
    const opened = await Promise.all([open(), open(), open()]);
    for (const path of opened) expect(await readFile(join(path, 'api.mjs'), 'utf8')).toBe('one');
    expect(await readdir(cacheDirectory())).toHaveLength(1);
  });

  it('leave nothing behind when they cannot be made', async () => {
    const failing = open(async () => {
      throw new Error('no space');
    });
    await expect(failing).rejects.toThrow('no space');
    expect(await readdir(cacheDirectory())).toEqual([]);
  });
});
