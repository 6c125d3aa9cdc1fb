import { Readable } from 'node:stream';
import { Upload } from '@aws-sdk/lib-storage';
import { linesKey } from '#shared/batches/batch-files.ts';
import type { InboxContext } from '../context.ts';
import { RefusedFileError } from './formats/refused-file.ts';
import { encodeLine, type PreparedLine } from './lines-file.ts';

// S3 takes no parts smaller than 5 MiB; one is held in memory at a time.
const partBytes = 5 * 1024 * 1024;
const writtenAtOnce = 64 * 1024;

/**
 * Requests written in full, each with the names of its columns or the defaults of its file, may take so many times the
 * largest size of a file. Without a limit of its own a small file could become one of any size.
 */
export const largestGrowth = 2;

/**
 * Writes the lines of a batch to where its requests are read from; if it fails, nothing is there.
 *
 * @returns the number of lines
 * @throws {RefusedFileError} if there are too many, or none
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
    const written = (): Buffer => {
      const block = Buffer.from(text);
      bytes += block.length;
      if (bytes > largestGrowth * maxBytes) {
        const limit = `${largestGrowth * maxBytes} bytes with the names of columns and the defaults in each of them`;
        throw new RefusedFileError('file_too_large', `The requests in the file have more than ${limit}.`);
      }
      text = '';
      return block;
    };
    for await (const line of lines) {
      count += 1;
      if (count > maxLines) throw new RefusedFileError('too_many_lines', `The file has more than ${maxLines} lines.`);
      text += encodeLine(line);
      if (text.length >= writtenAtOnce) yield written();
    }
    if (count === 0) throw new RefusedFileError('empty_file', 'There are no requests in the file.');
    yield written();
  };
  const body = Readable.from(encode(), { objectMode: false });
  const params = { Bucket: bucket, Key: linesKey(batchId), Body: body, ContentType: 'text/plain; charset=utf-8' };
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
