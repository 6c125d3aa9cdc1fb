import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { access, cp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const consoleRoot = fileURLToPath(new URL('.', import.meta.url));
const projectRoot = fileURLToPath(new URL('../', import.meta.url));
const viteCommand = join(projectRoot, 'node_modules/vite/bin/vite.js');
const cacheRoot = join(projectRoot, 'node_modules/.cache/firefly-gateway/console');

/**
 * A name for what files hold: 16 characters, another one after any change.
 *
 * @param paths absolute, of files and of folders with all that is in them
 */
export const hashFiles = (paths: readonly string[]): string => {
  const hash = createHash('sha256');
  for (const path of paths.flatMap(listFiles)) {
    hash.update(relative(projectRoot, path)).update('\0').update(readFileSync(path)).update('\0');
  }
  return hash.digest('hex').slice(0, 16);
};

const listFiles = (path: string): string[] =>
  statSync(path).isFile()
    ? [path]
    : readdirSync(path, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => join(parentPath, name))
        .sort();

/** Where the build of the sources as they are now lies, or will lie: named by their hash. */
export const consoleDirectory = (): string =>
  join(cacheRoot, hashFiles([consoleRoot, join(projectRoot, 'package-lock.json')]));

/**
 * Builds the console, unless that was done before; processes that build at the same time do not meet.
 *
 * @returns the directory, with a `.gz` beside each file
 */
export const buildConsole = async (): Promise<string> => {
  const directory = consoleDirectory();
  if (await isThere(directory)) return directory;
  const part = `${directory}.${process.pid}`;
  // In a process of its own, so that it takes nothing from a gateway that starts meanwhile.
  const options = ['--outDir', part, '--emptyOutDir', '--logLevel', 'warn'];
  // Tests run with another NODE_ENV, by which the build would take React for development, twice as large.
  const env = { ...process.env, NODE_ENV: 'production' };
  await promisify(execFile)(process.execPath, [viteCommand, 'build', consoleRoot, ...options], { env });
  await compressFiles(part);
  try {
    await rename(part, directory);
  } catch (error) {
    await rm(part, { recursive: true });
    if (!(await isThere(directory))) throw error;
  }
  return directory;
};

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

const compressFiles = async (directory: string): Promise<void> => {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async ({ parentPath, name }) => {
        const path = join(parentPath, name);
        await writeFile(`${path}.gz`, await promisify(gzip)(await readFile(path), { level: 9 }));
      }),
  );
};

if (import.meta.main) {
  const [target] = process.argv.slice(2);
  const directory = await buildConsole();
  if (target === undefined) console.log(directory);
  else await cp(directory, target, { recursive: true });
}
