import { isAscii, isUtf8 } from 'node:buffer';
import { RefusedFileError } from '../prepared-line.ts';

/** The text of a file. */
export interface TextContent {
  /** In UTF-8, or, where nothing marks the encoding, perhaps in another one; without a byte order mark. */
  chunks: AsyncIterable<Buffer>;
  /** Whether a byte order mark says what the encoding is. */
  isMarked: boolean;
}

const marks = [
  { bytes: Buffer.from([0xef, 0xbb, 0xbf]), encoding: 'utf-8' },
  { bytes: Buffer.from([0xff, 0xfe]), encoding: 'utf-16le' },
  { bytes: Buffer.from([0xfe, 0xff]), encoding: 'utf-16be' },
] as const;

const longestMark = 3;

/**
 * Takes the byte order mark off a file; with the mark of UTF-16 the text becomes UTF-8. The chunks must be read to their
 * end or be given up.
 *
 * @throws {RefusedFileError} from the chunks, if the file is marked as UTF-16 and is not
 */
export const readText = async (bytes: AsyncIterable<Buffer>): Promise<TextContent> => {
  const source = bytes[Symbol.asyncIterator]();
  let head: Buffer = Buffer.alloc(0);
  while (head.length < longestMark) {
    const next = await source.next();
    if (next.done === true) break;
    head = Buffer.concat([head, next.value]);
  }
  const mark = marks.find((each) => head.subarray(0, each.bytes.length).equals(each.bytes));
  const whole = joinChunks(head.subarray(mark?.bytes.length ?? 0), source);
  const isUtf16 = mark !== undefined && mark.encoding !== 'utf-8';
  return { chunks: isUtf16 ? toUtf8(whole, mark.encoding) : whole, isMarked: mark !== undefined };
};

async function* joinChunks(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    if (head.length > 0) yield head;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

async function* toUtf8(chunks: AsyncIterable<Buffer>, encoding: string): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  const decode = (chunk?: Buffer): Buffer => {
    try {
      return Buffer.from(decoder.decode(chunk, { stream: chunk !== undefined }));
    } catch {
      throw new RefusedFileError('unreadable_file', 'The file begins as UTF-16 and is not valid UTF-16.');
    }
  };
  for await (const chunk of chunks) yield decode(chunk);
  yield decode();
}

const windows1252Warning =
  'The file is not UTF-8 and was read as Windows-1252: check the special characters, or save it as "CSV UTF-8".';

/** Decodes rows of a file without a mark: its first row beyond ASCII says whether the file is UTF-8 or Windows-1252. */
export class RowDecoder {
  #encoding: 'utf-8' | 'windows-1252' | undefined;

  constructor({ isMarked }: Pick<TextContent, 'isMarked'>) {
    if (isMarked) this.#encoding = 'utf-8';
  }

  /** @returns undefined if the file is UTF-8 and the row is not */
  decode(row: Buffer): { text: string; warning?: string } | undefined {
    if (isAscii(row)) return { text: row.toString('latin1') };
    this.#encoding ??= isUtf8(row) ? 'utf-8' : 'windows-1252';
    if (this.#encoding === 'utf-8') return isUtf8(row) ? { text: row.toString('utf8') } : undefined;
    return { text: new TextDecoder('windows-1252').decode(row), warning: windows1252Warning };
  }
}

const quote = 0x22;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** Has the rows of a CSV file end in LF where they end in CR alone: the first end of a row outside of quotes tells. */
export async function* unifyLineEnds(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let ends: 'unknown' | 'cr' | 'other' = 'unknown';
  let isQuoted = false;
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes = Buffer.concat([held, chunk]);
    held = Buffer.alloc(0);
    // Line breaks of cells before the first end of a row stay as they are, however the file is cut into chunks.
    let firstEnd = 0;
    for (let at = 0; ends === 'unknown' && at < bytes.length; at += 1) {
      const byte = bytes[at];
      if (byte === quote) isQuoted = !isQuoted;
      if (isQuoted) continue;
      if (byte === lineFeed) ends = 'other';
      // What follows may be in the next chunk.
      else if (byte === carriageReturn && at === bytes.length - 1) held = bytes.subarray(at);
      else if (byte === carriageReturn) {
        ends = bytes[at + 1] === lineFeed ? 'other' : 'cr';
        firstEnd = at;
      }
    }
    const out = bytes.subarray(0, bytes.length - held.length);
    if (ends === 'cr')
      for (let at = out.indexOf(carriageReturn, firstEnd); at >= 0; at = out.indexOf(carriageReturn, at + 1))
        out[at] = lineFeed;
    yield out;
  }
  yield held;
}
