import { access, readFile } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';

/** A built file, as it is sent. */
export interface ConsoleFile {
  content: Buffer;
  contentType: string;
  isCompressed: boolean;
}

/** Reads a file of the console. */
export type ReadFile = (path: string, options: { acceptsGzip: boolean }) => Promise<ConsoleFile | undefined>;

const name = /^[\w-]+(\.[\w-]+)*$/;

/**
 * Reads the built files from the function's own package when they are asked for, and keeps them: they are the same until the next
 * deployment. A path leads to a file or to nothing, never out of the directory.
 *
 * @param directory absolute
 */
export const createReadFile = (directory: string): ReadFile => {
  const kept = new Map<string, ConsoleFile>();
  return async (path, { acceptsGzip }) => {
    if (!path.split('/').every((part) => name.test(part)) || path.endsWith('.gz')) return undefined;
    const file = resolve(directory, path);
    const read = async (isCompressed: boolean): Promise<ConsoleFile | undefined> => {
      const key = `${isCompressed ? 'gzip' : 'plain'} ${path}`;
      const known = kept.get(key);
      if (known !== undefined) return known;
      const content = await readExisting(isCompressed ? `${file}.gz` : file);
      if (content === undefined) return undefined;
      const { default: mime } = await import('mime');
      const contentType = mime.getType(extname(file)) ?? 'application/octet-stream';
      const made = { content, contentType, isCompressed };
      kept.set(key, made);
      return made;
    };
    return (acceptsGzip ? await read(true) : undefined) ?? (await read(false));
  };
};

const readExisting = async (path: string): Promise<Buffer | undefined> => {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EISDIR'))
      return undefined;
    throw error;
  }
};

/** Whether the console is built: on a developer's machine that takes some seconds after the start. */
export const isBuilt = (directory: string): Promise<boolean> =>
  access(join(directory, 'index.html')).then(
    () => true,
    () => false,
  );
