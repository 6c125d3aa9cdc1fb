import { readFileSync, writeFileSync } from 'node:fs';
import { Script, constants as vmConstants } from 'node:vm';
import { crc32 } from 'node:zlib';

/** What a CommonJS module is called with. */
export type ModuleFunction = (
  exports: object,
  require: NodeJS.Require,
  module: { exports: object },
  filename: string,
  dirname: string,
) => void;

const head = '(function (exports, require, module, __filename, __dirname) {';

/** Bundles hold nothing but ASCII, which is read the fastest as Latin-1. */
const createScript = (file: string, cachedData?: Buffer): Script =>
  new Script(`${head}${readFileSync(file, 'latin1')}\n})`, {
    filename: file,
    // Positions in stack traces are those in the file.
    columnOffset: -head.length,
    importModuleDynamically: vmConstants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    ...(cachedData && { cachedData }),
  });

const cacheFile = (file: string): string => `${file}.cache`;
const checksumBytes = 4;

/**
 * Compiles a CommonJS bundle from the code that V8 keeps beside it.
 *
 * @returns undefined if there is no cache, or a damaged one. `isCached` is false for one that this V8 does not take, because it comes
 * from another version or architecture: the bundle was compiled anew.
 */
export const compileFromCache = (file: string): { run: ModuleFunction; isCached: boolean } | undefined => {
  const cachedData = readCache(cacheFile(file));
  if (cachedData === undefined) return undefined;
  const script = createScript(file, cachedData);
  return { run: script.runInThisContext() as ModuleFunction, isCached: script.cachedDataRejected === false };
};

const readCache = (file: string): Buffer | undefined => {
  let content: Buffer;
  try {
    content = readFileSync(file);
  } catch {
    // Bundles work without.
    return undefined;
  }
  // V8 looks at the length and its own version only: what is damaged within could end the process.
  const cachedData = content.subarray(0, -checksumBytes);
  const isWhole = content.length > checksumBytes && content.readUInt32LE(cachedData.length) === crc32(cachedData);
  return isWhole ? cachedData : undefined;
};

/**
 * Compiles a whole CommonJS bundle and keeps the code beside it. The same file gives the same code in a process of the same Node that
 * was started with `--random-seed`.
 *
 * @param setFlags V8's own
 */
export const writeCompileCache = (file: string, setFlags: (flags: string) => void): void => {
  // Everything, and not only what runs at once: the first invocation needs it as well.
  setFlags('--no-lazy');
  const script = createScript(file);
  // V8 takes a cache only under the flags that it was written under.
  setFlags('--lazy');
  const cachedData = script.createCachedData();
  const checksum = Buffer.alloc(checksumBytes);
  checksum.writeUInt32LE(crc32(cachedData));
  writeFileSync(cacheFile(file), Buffer.concat([cachedData, checksum]));
};
