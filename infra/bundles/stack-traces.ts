import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';

/**
 * Lets stack traces name the sources of a minified bundle. Its source map is read for the first trace that is looked at: Node's own
 * `--enable-source-maps` reads it at every start, and knows of no bundle that is compiled from a cache.
 *
 * @param file absolute path; the map stands beside it
 */
export const mapStackTraces = (file: string): void => {
  let map: SourceMap | undefined;
  const findOrigin = (frame: NodeJS.CallSite) => {
    try {
      map ??= new SourceMap(JSON.parse(readFileSync(`${file}.map`, 'utf8')));
      const origin = map.findOrigin(frame.getLineNumber() ?? 1, frame.getColumnNumber() ?? 1);
      return 'fileName' in origin ? origin : undefined;
    } catch {
      // An error must not become another one because its source map is gone.
      return undefined;
    }
  };
  const mapFrame = (frame: NodeJS.CallSite): string => {
    if (frame.getFileName() !== file) return String(frame);
    const origin = findOrigin(frame);
    if (origin === undefined) return String(frame);
    // Names of minified functions say nothing; the line does.
    return `${frame.isAsync() ? 'async ' : ''}${origin.fileName.replace(/^(\.\.\/)+/, '')}:${origin.lineNumber}:${origin.columnNumber}`;
  };
  Error.prepareStackTrace = (error, frames) =>
    [String(error), ...frames.map((frame) => `    at ${mapFrame(frame)}`)].join('\n');
};
