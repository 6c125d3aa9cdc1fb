/** What Lambda loads of a function: it starts the bundle beside it, from compiled code if that suits this Node. */
import { join } from 'node:path';
import { compileFromCache } from './compile-cache.ts';
import { mapStackTraces } from './stack-traces.ts';

const file = join(__dirname, 'index.js');

const load = (): { handler?: unknown } => {
  // Lambda starts Node with --expose-gc, and V8 takes no cache that was written under other flags.
  if ('gc' in globalThis) {
    (require('node:v8') as typeof import('node:v8')).setFlagsFromString('--no-expose-gc');
  }
  const compiled = compileFromCache(file);
  if (compiled === undefined) return require(file) as { handler?: unknown };
  const bundle: { exports: { handler?: unknown } } = { exports: {} };
  compiled.run(bundle.exports, require, bundle, file, __dirname);
  return bundle.exports;
};

mapStackTraces(file);

/** The bundle's. */
export const { handler } = load();
