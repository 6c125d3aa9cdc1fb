import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { hashFiles } from '#console/build.ts';

/** What is bundled, and where to. */
export interface BundlesOptions {
  /** Folders and files by which a change of the bundles shows: absolute paths. */
  sources?: readonly string[];
  /** Holds a folder for each state of the sources. */
  cacheDirectory?: string;
  /** Writes the bundles of all functions and programs into the folder. */
  build?(directory: string): Promise<void>;
}

const root = fileURLToPath(new URL('../../', import.meta.url));
const defaultSources = [
  'functions',
  'shared',
  'local',
  'infra/bundles',
  'console/build.ts',
  'package.json',
  'package-lock.json',
].map((path) => join(root, path));
const defaultCache = join(root, 'node_modules/.cache/firefly-gateway/functions');

/** In a process of its own, so that neither esbuild nor what it reads stays in the memory of the gateway. */
const buildInProcess = async (directory: string): Promise<void> => {
  const program = fileURLToPath(new URL('./build.ts', import.meta.url));
  await promisify(execFile)(process.execPath, [program, directory]);
};

const findDirectory = ({ sources = defaultSources, cacheDirectory = defaultCache }: BundlesOptions): string =>
  join(cacheDirectory, hashFiles(sources));

/** Finds the folder with the bundles of the sources as they are now; undefined if there are none, or damaged ones. */
export const findBundles = async (options: BundlesOptions = {}): Promise<string | undefined> => {
  const directory = findDirectory(options);
  return (await isWhole(directory)) ? directory : undefined;
};

/**
 * Makes the bundles of the sources as they are now, which takes some seconds; processes that do so at the same time do not meet.
 *
 * @returns their folder
 * @throws {Error} if they cannot be built or the cache cannot be written
 */
export const makeBundles = async (options: BundlesOptions = {}): Promise<string> => {
  const { cacheDirectory = defaultCache, build = buildInProcess } = options;
  const directory = findDirectory(options);
  await make(directory, build);
  await removeUnused(cacheDirectory);
  return directory;
};

/** Keeps bundles from being removed as unused while this process runs. */
export const keepBundles = (directory: string): void => {
  const touch = () => void utimes(directory, new Date(), new Date()).catch(() => {});
  touch();
  setInterval(touch, dayMs).unref();
};

const manifestName = 'manifest.json';

const hashFile = async (path: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex');

const isWhole = async (directory: string): Promise<boolean> => {
  try {
    const files: Record<string, string> = JSON.parse(await readFile(join(directory, manifestName), 'utf8'));
    const checks = Object.entries(files).map(async ([name, hash]) => (await hashFile(join(directory, name))) === hash);
    return (await Promise.all(checks)).every((isRight) => isRight);
  } catch {
    // Whatever is wrong with it, it is made again.
    return false;
  }
};

const make = async (directory: string, build: (directory: string) => Promise<void>): Promise<void> => {
  await mkdir(dirname(directory), { recursive: true });
  const part = await mkdtemp(`${directory}.`);
  try {
    await build(part);
    // Without a source map a stack trace names the bundle, and nothing else is wrong: reading them all would make each start longer.
    const needed = (await readdir(part)).filter((name) => !name.endsWith('.map'));
    const files = await Promise.all(needed.map(async (name) => [name, await hashFile(join(part, name))] as const));
    await writeFile(join(part, manifestName), JSON.stringify(Object.fromEntries(files)));
    await moveTo(directory, part);
  } catch (error) {
    await rm(part, { recursive: true, force: true });
    throw error;
  }
};

/** Another process may have been first, and use what it made; what is damaged makes room. */
const moveTo = async (directory: string, part: string): Promise<void> => {
  try {
    await rename(part, directory);
  } catch {
    if (await isWhole(directory)) return rm(part, { recursive: true });
    await rm(directory, { recursive: true, force: true });
    await rename(part, directory);
  }
};

const dayMs = 86_400_000;
const keptMs = 7 * dayMs;

/** Removes what no gateway has used for a week. */
const removeUnused = async (cacheDirectory: string): Promise<void> => {
  for (const name of await readdir(cacheDirectory)) {
    const path = join(cacheDirectory, name);
    // Another process may have renamed or removed it meanwhile; what another user made stays.
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined && found.uid === process.getuid?.() && found.mtimeMs < Date.now() - keptMs) {
      await rm(path, { recursive: true, force: true });
    }
  }
};
