import { maxLineBytes, notUtf8Line, type PreparedLine, tooLongLine } from '../prepared-line.ts';

/** One line for each line of a file with something in it, in JSON or not; that is found out later, line by line. */
export async function* readJsonl(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<PreparedLine> {
  const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let row = 0;
  for await (const line of splitLines(chunks, maxLineBytes)) {
    row += 1;
    if (line === 'too_long') {
      yield { ...tooLongLine, row };
      continue;
    }
    let json: string;
    try {
      json = utf8.decode(line).trim();
    } catch {
      yield { ...notUtf8Line, row };
      continue;
    }
    if (json !== '') yield { kind: 'request', json, row };
  }
}

const lineFeed = 0x0a;

/**
 * Splits bytes into lines, without their line feeds; the last one may lack it.
 *
 * @param maxBytes a longer line comes out as `too_long`, and no more than this is held of it
 */
export async function* splitLines(
  chunks: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<Buffer | 'too_long'> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let isOpen = false;
  const hold = (piece: Buffer) => {
    isOpen = true;
    heldBytes += piece.length;
    if (heldBytes <= maxBytes) held.push(piece);
    else held = [];
  };
  const take = (): Buffer | 'too_long' => {
    const line = heldBytes > maxBytes ? 'too_long' : Buffer.concat(held);
    held = [];
    heldBytes = 0;
    isOpen = false;
    return line;
  };
  for await (const chunk of chunks) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let start = 0;
    for (let end = bytes.indexOf(lineFeed); end >= 0; end = bytes.indexOf(lineFeed, start)) {
      hold(bytes.subarray(start, end));
      yield take();
      start = end + 1;
    }
    if (start < bytes.length) hold(bytes.subarray(start));
  }
  if (isOpen) yield take();
}
