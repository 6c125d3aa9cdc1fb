import { Readable } from 'node:stream';
import { GetObjectCommand, NoSuchKey, S3ServiceException } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { BatchSource } from '#shared/batches/batch.ts';
import { linesKey } from '#shared/batches/batch-files.ts';
import type { Parts } from '../parts.ts';
import { type FileFormat, formatOf } from './file-format.ts';
import { encodeLine, type PreparedLine } from './prepared-line.ts';
import { readJsonl } from './read-jsonl.ts';
import { RefusedFileError } from './refused-file.ts';
import { sourceBytes, tooLarge } from './source-bytes.ts';

// S3 takes no parts smaller than 5 MiB; one is held in memory at a time.
const partBytes = 5 * 1024 * 1024;
const writtenAtOnce = 64 * 1024;

/**
 * Brings a file of any format into one in which every request is a line, in a single pass and without holding it. From that
 * file the requests can be read from any line on. If the file is refused, nothing is written.
 *
 * @returns the number of lines
 * @throws {RefusedFileError} if the file cannot be taken as a whole
 */
export const prepareFile = async (parts: Parts, batchId: string, source: BatchSource): Promise<number> => {
  const format = formatOf(source.key);
  if (format === undefined) {
    throw new RefusedFileError(
      'unknown_format',
      'The name of the file must end in .jsonl, .ndjson, .csv or .json, or in one of these and .gz.',
    );
  }
  const file = await openSource(parts, source);
  return storeLines(parts, batchId, readLines(file, format, parts.maxBytes));
};

/**
 * Writes the lines of a batch to where its requests are read from.
 *
 * @returns the number of lines
 * @throws {RefusedFileError} if there are too many, or none
 */
export const storeLines = async (
  { s3, bucket, maxLines }: Parts,
  batchId: string,
  lines: AsyncIterable<PreparedLine>,
): Promise<number> => {
  let count = 0;
  const encode = async function* (): AsyncGenerator<string> {
    let text = '';
    for await (const line of lines) {
      count += 1;
      if (count > maxLines) throw new RefusedFileError('too_many_lines', `The file has more than ${maxLines} lines.`);
      text += encodeLine(line);
      if (text.length < writtenAtOnce) continue;
      yield text;
      text = '';
    }
    if (count === 0) throw new RefusedFileError('empty_file', 'There are no requests in the file.');
    yield text;
  };
  const body = Readable.from(encode(), { objectMode: false });
  const params = { Bucket: bucket, Key: linesKey(batchId), Body: body, ContentType: 'text/plain; charset=utf-8' };
  try {
    await new Upload({ client: s3, params, partSize: partBytes, queueSize: 1 }).done();
  } catch (error) {
    throw body.errored ?? error;
  }
  return count;
};

const readLines = (
  file: Readable,
  { format, isCompressed }: FileFormat,
  maxBytes: number,
): AsyncIterable<PreparedLine> => {
  const bytes = sourceBytes(file, { isCompressed, maxBytes });
  switch (format) {
    case 'jsonl':
      return readJsonl(bytes);
    default:
      throw new RefusedFileError('unknown_format', 'no');
  }
};

const openSource = async (
  { s3, maxBytes }: Parts,
  { bucket, key, versionId, etag }: BatchSource,
): Promise<Readable> => {
  try {
    const { Body, ContentLength = 0 } = await s3.send(
      new GetObjectCommand({
        Bucket: bucket,
        Key: key,
        VersionId: versionId,
        // Where the bucket keeps no versions, the file may have been replaced.
        IfMatch: versionId === undefined && etag !== undefined ? `"${etag}"` : undefined,
      }),
    );
    if (!(Body instanceof Readable)) throw new TypeError('S3 answered without a body.');
    if (ContentLength > maxBytes) {
      Body.destroy();
      throw tooLarge(maxBytes);
    }
    return Body;
  } catch (error) {
    if (isGone(error))
      throw new RefusedFileError('source_not_found', 'The file is gone, has been replaced, or may not be read.');
    throw error;
  }
};

const isGone = (error: unknown): boolean =>
  error instanceof NoSuchKey ||
  (error instanceof S3ServiceException &&
    ['NoSuchVersion', 'NoSuchBucket', 'AccessDenied', 'PreconditionFailed'].includes(error.name));
