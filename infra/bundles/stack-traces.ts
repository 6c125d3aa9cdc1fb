import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { fileURLToPath } from 'node:url';

/**
 * Lets stack traces name the sources of minified bundles. The source map of one is read for the first trace through it that is looked
 * at: Node's own `--enable-source-maps` reads all at every start and keeps them in memory, and knows of no bundle that is compiled from a cache.
 *
 * @param isBundle whether a file, by its absolute path, is a bundle; its map stands beside it
 * @param keepsNames whether functions in it have the names of their sources; those of minified ones say nothing, the line does
 */
export const mapStackTraces = (isBundle: (file: string) => boolean, keepsNames = false): void => {
  const maps = new Map<string, SourceMap | undefined>();
  const readMap = (file: string): SourceMap | undefined => {
    if (maps.has(file)) return maps.get(file);
    // One that cannot be read is not tried again.
    maps.set(file, undefined);
    const map = new SourceMap(JSON.parse(readFileSync(`${file}.map`, 'utf8')));
    maps.set(file, map);
    return map;
  };
  const findOrigin = (frame: NodeJS.CallSite) => {
    const name = frame.getFileName() ?? '';
    try {
      // Modules of both kinds are there: those of ECMAScript are called by their URLs.
      const file = name.startsWith('file:') ? fileURLToPath(name) : name;
      if (!isBundle(file)) return undefined;
      const origin = readMap(file)?.findOrigin(frame.getLineNumber() ?? 1, frame.getColumnNumber() ?? 1);
      return origin !== undefined && 'fileName' in origin ? origin : undefined;
    } catch {
      // An error must not become another one because its source map is gone.
      return undefined;
    }
  };
  const mapFrame = (frame: NodeJS.CallSite): string => {
    const origin = findOrigin(frame);
    if (origin === undefined) return String(frame);
    const place = `${origin.fileName.replace(/^(\.\.\/)+/, '')}:${origin.lineNumber}:${origin.columnNumber}`;
    const name = keepsNames ? frame.getFunctionName() : null;
    return `${frame.isAsync() ? 'async ' : ''}${name === null ? place : `${name} (${place})`}`;
  };
  Error.prepareStackTrace = (error, frames) =>
    [String(error), ...frames.map((frame) => `    at ${mapFrame(frame)}`)].join('\n');
};
