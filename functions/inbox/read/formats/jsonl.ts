import { largestLineBytes, notUtf8Line, type PreparedLine, tooLongLine } from '../lines-file.ts';
import { splitLines } from './split-lines.ts';

/** One line for each line of a file, in JSON or not; that is found out later, line by line. */
export async function* readJsonl(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<PreparedLine> {
  const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  for await (const line of splitLines(chunks, largestLineBytes)) {
    if (line === 'too_long') {
      yield tooLongLine;
      continue;
    }
    let json: string;
    try {
      json = utf8.decode(line).trim();
    } catch {
      yield notUtf8Line;
      continue;
    }
    yield json === '' ? { kind: 'blank' } : { kind: 'request', json };
  }
}
