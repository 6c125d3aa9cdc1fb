/** Bundles all functions into the folder that its argument names: a process of its own, whose memory ends with it. */
import { copyFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { codecFiles } from '#shared/deployment/codec-files.ts';
import { functionNames } from '#shared/deployment/names.ts';

const source = (name: string): string => fileURLToPath(new URL(`../../functions/${name}/handler.ts`, import.meta.url));

/** Writes `<function>.mjs` for each function, with what they share in files beside. */
const buildBundles = async (directory: string): Promise<void> => {
  await build({
    entryPoints: Object.fromEntries(functionNames.map((name) => [name, source(name)])),
    outdir: directory,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    // What several functions use is read, compiled and minified once, which takes a seventh of the time.
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    minify: true,
    sourcemap: true,
    sourcesContent: false,
    mainFields: ['module', 'main'],
    legalComments: 'none',
    // Some packages are CommonJS and require modules of Node, which an ES module cannot without this.
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module';const require = requireFrom(import.meta.url);",
    },
    logLevel: 'error',
  });
  const codecs = Object.values(codecFiles).map((path) =>
    copyFile(fileURLToPath(import.meta.resolve(path)), join(directory, basename(path))),
  );
  await Promise.all(codecs);
};

const [directory] = process.argv.slice(2);
if (directory !== undefined) await buildBundles(directory);
