import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';

/** Name of the module that Lambda is to load. */
export const startModule = 'start';

/** Writes what starts a bundle beside it. */
export const packStart = async (directory: string): Promise<void> => {
  await build({
    entryPoints: [fileURLToPath(new URL('./start.ts', import.meta.url))],
    outfile: join(directory, `${startModule}.js`),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    minifySyntax: true,
    minifyWhitespace: true,
    logLevel: 'error',
  });
};

/**
 * Writes the compiled code of a bundle beside it; in a process of its own, which gives the same bytes for the same bundle.
 *
 * @param architecture the one of the functions, as Node names it
 * @param node the command of the Node for which it is, with its leading arguments; by default the Node that runs this
 * @throws {Error} if it cannot be run, or is of another architecture
 */
export const packCompileCache = async (
  directory: string,
  architecture: string,
  node: readonly string[] = [],
): Promise<void> => {
  const [command = process.execPath, ...args] = node;
  const program = fileURLToPath(new URL('../cli/compile-bundle.ts', import.meta.url));
  await promisify(execFile)(command, [...args, '--random-seed=1', program, join(directory, 'index.js'), architecture]);
};
