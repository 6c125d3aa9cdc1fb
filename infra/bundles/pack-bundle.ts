import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type BuildOptions, build } from 'esbuild';

/** What all bundles of functions have, in AWS and locally, as esbuild and the CDK name it. */
export const bundleOptions = {
  mainFields: ['module', 'main'],
  minify: true,
  // Positions and names suffice for a stack trace; the sources would double the package.
  sourcesContent: false,
} satisfies BuildOptions;

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

/** Where operators name the command of a Node as the functions run it. */
const compilerVariable = 'COMPILE_CACHE_NODE';

/**
 * The Node that compiles bundles for an architecture, for {@link packCompileCache}.
 *
 * @returns its command, empty for the Node that runs this; undefined if there is none for it
 */
export const findCompiler = (
  architecture: string,
  { env, arch }: Pick<NodeJS.Process, 'env' | 'arch'> = process,
): string[] | undefined => {
  const command = env[compilerVariable]?.split(/\s+/).filter(Boolean) ?? [];
  return command.length > 0 || arch === architecture ? command : undefined;
};

/** What an operator should know where there is no such Node. */
export const describeMissingCompiler = (architecture: string): string =>
  `The functions are deployed without compiled code and start slower, as this machine is no ${architecture}: set ${compilerVariable} to the command of a Node for it.`;

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
