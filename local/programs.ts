import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mapStackTraces } from '#infra/bundles/stack-traces.ts';
import type { FunctionName } from '#shared/deployment/names.ts';

/** What runs in a process or a thread of its own, by its name: sources, relative to this file. */
export const programSources = {
  gateway: './cli/run-gateway.ts',
  'sandbox-thread': './lambda/sandbox-thread.ts',
  'dynamodb-thread': './dynamodb-thread.ts',
  's3-process': './s3/s3-process.ts',
  'draw-process': './simulator/picture/draw-process.ts',
} as const;

/** The folder of the bundles if this program is one; they lie side by side, whatever file of theirs this module is in. */
export const bundleDirectory: string | undefined = import.meta.url.endsWith('.mjs')
  ? fileURLToPath(new URL('.', import.meta.url))
  : undefined;

const isBundled = bundleDirectory !== undefined;

/** Lets stack traces of this process or thread name the sources of the bundle that it runs. */
export const nameSources = (): void => {
  if (bundleDirectory === undefined) return;
  const directory = resolve(bundleDirectory);
  mapStackTraces((file) => dirname(file) === directory, true);
};

/** Finds a program among the bundles if this one is a bundle, and else among the sources. */
export const findProgram = (name: keyof typeof programSources): URL =>
  new URL(isBundled ? `./${name}.mjs` : programSources[name], import.meta.url);

/** Finds what a function runs from, in the same way; an absolute path. */
export const findHandler = (name: FunctionName): string =>
  fileURLToPath(new URL(isBundled ? `./${name}.mjs` : `../functions/${name}/handler.ts`, import.meta.url));
