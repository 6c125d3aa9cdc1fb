import { Readable } from 'node:stream';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { ReadPosition } from '#shared/batches/batch.ts';
import { batchLinesKey } from '#shared/deployment/bucket.ts';
import type { InboxContext } from '../context.ts';
import { splitLines } from './formats/jsonl.ts';
import { type ErrorLine, type PreparedLine, RefusedFileError } from './prepared-line.ts';

/** Writes a line so that it can be read back alone; the only line feed in it is the one at its end. */
export const encodeLine = (line: PreparedLine): string => {
  switch (line.kind) {
    case 'request': {
      const { row, columns, warnings, outputName } = line;
      return `=${JSON.stringify({ row, columns, warnings, outputName })}\t${line.json}\n`;
    }
    case 'error': {
      const { code, message, id, row, columns } = line;
      return `!${JSON.stringify({ code, message, id, row, columns })}\n`;
    }
  }
};

/** Reads what {@link encodeLine} wrote, without its line feed. */
export const decodeLine = (text: string): PreparedLine => {
  if (text.startsWith('!')) return { kind: 'error', ...(JSON.parse(text.slice(1)) as Omit<ErrorLine, 'kind'>) };
  // JSON that is written without spaces has no tab.
  const end = text.indexOf('\t');
  const about = JSON.parse(text.slice(1, end)) as Omit<Extract<PreparedLine, { kind: 'request' }>, 'kind' | 'json'>;
  return { kind: 'request', json: text.slice(end + 1), ...about };
};

// S3 takes no parts smaller than 5 MiB; one is held in memory at a time.
const partBytes = 5 * 1024 * 1024;
const blockCharacters = 64 * 1024;

/**
 * Requests written in full, each with the names of its columns or the defaults of its file, may take this many times the
 * largest size of a file. Without a limit of its own a small file could become one of any size.
 */
export const maxGrowth = 2;

/**
 * Writes the lines file of a batch, from which its requests are read; if it fails, nothing is there.
 *
 * @returns the number of lines
 * @throws {RefusedFileError} if there are too many, or none, and what `lines` throws
 */
export const storeLines = async (
  { s3, bucket, maxLines, maxBytes }: Pick<InboxContext, 's3' | 'bucket' | 'maxLines' | 'maxBytes'>,
  batchId: string,
  lines: AsyncIterable<PreparedLine>,
): Promise<number> => {
  let count = 0;
  let bytes = 0;
  const encode = async function* (): AsyncGenerator<Buffer> {
    let text = '';
    const takeBlock = (): Buffer => {
      const block = Buffer.from(text);
      bytes += block.length;
      if (bytes > maxGrowth * maxBytes) {
        const limit = `${maxGrowth * maxBytes} bytes with the names of columns and the defaults in each of them`;
        throw new RefusedFileError('file_too_large', `The requests in the file have more than ${limit}.`);
      }
      text = '';
      return block;
    };
    for await (const line of lines) {
      count += 1;
      if (count > maxLines)
        throw new RefusedFileError('too_many_lines', `The file has more than ${maxLines} requests.`);
      text += encodeLine(line);
      if (text.length >= blockCharacters) yield takeBlock();
    }
    if (count === 0) throw new RefusedFileError('empty_file', 'There are no requests in the file.');
    yield takeBlock();
  };
  const body = Readable.from(encode(), { objectMode: false });
  const params = { Bucket: bucket, Key: batchLinesKey(batchId), Body: body, ContentType: 'text/plain; charset=utf-8' };
  try {
    await new Upload({ client: s3, params, partSize: partBytes, queueSize: 1 }).done();
  } catch (error) {
    throw body.errored ?? error;
  } finally {
    // What could not be written need not be read on.
    body.destroy();
  }
  return count;
};

/** A line with its number, from 1. */
export type NumberedLine = PreparedLine & { line: number };

/** Before the first line. */
export const firstLine: ReadPosition = { line: 1, offset: 0 };

/** Most lines of a chunk. */
export const maxChunkLines = 250;
/** A chunk ends with the line that reaches this many bytes, which limits the memory that its requests take. */
export const maxChunkBytes = 8 * 1024 * 1024;

/** Reads the next chunk of a lines file, and where each of its lines begins. */
export const readChunk = async (
  { s3, bucket }: Pick<InboxContext, 's3' | 'bucket'>,
  batchId: string,
  from: ReadPosition,
): Promise<{ lines: NumberedLine[]; positions: Map<number, ReadPosition>; next: ReadPosition }> => {
  const { Body } = await s3.send(
    new GetObjectCommand({ Bucket: bucket, Key: batchLinesKey(batchId), Range: `bytes=${from.offset}-` }),
  );
  if (!(Body instanceof Readable)) throw new TypeError('S3 answered without a body.');
  const lines: NumberedLine[] = [];
  const positions = new Map<number, ReadPosition>();
  let { line, offset } = from;
  try {
    for await (const text of splitLines(Body, Number.POSITIVE_INFINITY)) {
      if (text === 'too_long') throw new TypeError('A line has no end.');
      positions.set(line, { line, offset });
      lines.push({ ...decodeLine(text.toString('utf8')), line });
      line += 1;
      offset += text.length + 1;
      if (lines.length >= maxChunkLines || offset - from.offset >= maxChunkBytes) break;
    }
  } finally {
    Body.destroy();
  }
  return { lines, positions, next: { line, offset } };
};
