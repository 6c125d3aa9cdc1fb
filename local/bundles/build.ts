/** Bundles all functions and programs into the folder that its argument names: a process of its own, whose memory ends with it. */
import { realpathSync } from 'node:fs';
import { copyFile, readFile } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { bundleOptions } from '#infra/bundles/pack-bundle.ts';
import { replacedPackages } from '#infra/bundles/replaced-packages.ts';
import { codecFiles } from '#shared/deployment/codec-files.ts';
import { functionNames } from '#shared/deployment/names.ts';
import { programSources } from '../programs.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

const buildOptions = (directory: string): BuildOptions => ({
  outdir: directory,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  // What several of them use is read, compiled and minified once, which takes a seventh of the time.
  splitting: true,
  platform: 'node',
  format: 'esm',
  legalComments: 'none',
  // Node shows the line of an error that nothing catches.
  lineLimit: 200,
  mainFields: bundleOptions.mainFields,
  // Some packages are CommonJS and require modules of Node, which an ES module cannot without this.
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module';const require = requireFrom(import.meta.url);",
  },
  logLevel: 'error',
});

/** Writes `<function>.mjs` for each function, with what they share in files beside. */
const buildFunctions = async (directory: string): Promise<void> => {
  await build({
    ...buildOptions(directory),
    entryPoints: Object.fromEntries(functionNames.map((name) => [name, join(root, `functions/${name}/handler.ts`)])),
    ...bundleOptions,
    alias: replacedPackages(),
    target: 'node20',
    sourcemap: true,
  });
  const codecs = Object.values(codecFiles).map((path) =>
    copyFile(fileURLToPath(import.meta.resolve(path)), join(directory, basename(path))),
  );
  await Promise.all(codecs);
};

/** Lets modules of the project find files beside their sources; `local/programs.ts` alone is to find what lies beside the bundles. */
const placeSources = (directory: string): Plugin => ({
  name: 'place-sources',
  setup: ({ onLoad }) => {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      if (path === join(root, 'local/programs.ts') || !source.includes('import.meta.url')) return undefined;
      const place = JSON.stringify(relative(realpathSync(directory), path).split(sep).join('/'));
      return { contents: source.replaceAll('import.meta.url', `new URL(${place}, import.meta.url)`), loader: 'ts' };
    });
  },
});

/** Names the files that dynalite requires by computed names in full, by which alone they are found in a bundle. */
const nameFiles: Plugin = {
  name: 'name-files',
  setup: ({ onLoad }) => {
    onLoad({ filter: /[/\\]dynalite[/\\]index\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      return { contents: source.replaceAll("/' + action)", "/' + action + '.js')"), loader: 'js' };
    });
  },
};

/** Writes `<program>.mjs` for each program. Functions keep their names. */
const buildPrograms = async (directory: string): Promise<void> => {
  await build({
    ...buildOptions(directory),
    entryPoints: Object.fromEntries(
      Object.entries(programSources).map(([name, path]) => [name, join(root, 'local', path)]),
    ),
    chunkNames: 'program-[hash]',
    minifySyntax: true,
    minifyWhitespace: true,
    sourcemap: 'external',
    sourcesContent: false,
    // No bundle is the program that builds the console.
    define: { 'import.meta.main': 'false' },
    external: ['classic-level', 'esbuild', 'fauxqs', 'sharp'],
    plugins: [placeSources(directory), nameFiles],
  });
};

const [directory] = process.argv.slice(2);
if (directory !== undefined) await Promise.all([buildFunctions(directory), buildPrograms(directory)]);
