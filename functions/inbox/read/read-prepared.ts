import { Readable } from 'node:stream';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import type { ReadPosition } from '#shared/batches/batch.ts';
import { linesKey } from '#shared/batches/batch-files.ts';
import type { InboxContext } from '../context.ts';
import { splitLines } from './formats/split-lines.ts';
import { decodeLine, type PreparedLine } from './lines-file.ts';

/** A line with its number, from 1. */
export type NumberedLine = PreparedLine & { line: number };

/** Before the first line. */
export const firstLine: ReadPosition = { line: 1, offset: 0 };

/** Most lines of a chunk. */
export const linesAtOnce = 250;
/** A chunk ends with the line that reaches so many bytes: what its requests may take of the memory. */
export const bytesAtOnce = 8 * 1024 * 1024;

/** Reads the next few hundred lines of a prepared file; fewer if they are long. */
export const readChunk = async (
  { s3, bucket }: InboxContext,
  batchId: string,
  from: ReadPosition,
): Promise<{ lines: NumberedLine[]; next: ReadPosition }> => {
  const { Body } = await s3.send(
    new GetObjectCommand({ Bucket: bucket, Key: linesKey(batchId), Range: `bytes=${from.offset}-` }),
  );
  if (!(Body instanceof Readable)) throw new TypeError('S3 answered without a body.');
  const lines: NumberedLine[] = [];
  let { line, offset } = from;
  try {
    for await (const text of splitLines(Body, Number.POSITIVE_INFINITY)) {
      if (text === 'too_long') throw new TypeError('A line has no end.');
      lines.push({ ...decodeLine(text.toString('utf8')), line });
      line += 1;
      offset += text.length + 1;
      if (lines.length >= linesAtOnce || offset - from.offset >= bytesAtOnce) break;
    }
  } finally {
    Body.destroy();
  }
  return { lines, next: { line, offset } };
};
