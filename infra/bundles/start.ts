/** What Lambda loads of a function: it starts the bundle beside it, from compiled code if that suits this Node. */
import './restore-flags.ts';
import { join } from 'node:path';
import { compileFromCache } from './compile-cache.ts';
import { mapStackTraces } from './stack-traces.ts';

const file = join(__dirname, 'index.js');

const load = (): { handler?: unknown } => {
  const compiled = compileFromCache(file);
  if (compiled === undefined) return require(file) as { handler?: unknown };
  const bundle: { exports: { handler?: unknown } } = { exports: {} };
  compiled.run(bundle.exports, require, bundle, file, __dirname);
  return bundle.exports;
};

mapStackTraces((each) => each === file);

/** The bundle's. */
export const { handler } = load();
