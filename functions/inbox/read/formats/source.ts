import { Readable } from 'node:stream';
import { GetObjectCommand, NoSuchKey, S3ServiceException } from '@aws-sdk/client-s3';
import type { BatchSource } from '#shared/batches/batch.ts';
import type { InboxContext } from '../../context.ts';
import type { PreparedLine } from '../lines-file.ts';
import { storeLines } from '../store-lines.ts';
import { readCsv } from './csv.ts';
import { type FileFormat, formatOf } from './file-format.ts';
import { readJson } from './json.ts';
import { readJsonl } from './jsonl.ts';
import { RefusedFileError } from './refused-file.ts';
import { sourceBytes, tooLarge } from './source-bytes.ts';

/** How the requests of each format are read; a file may be opened more than once. */
const readers: Record<FileFormat['format'], (open: () => AsyncIterable<Buffer>) => AsyncIterable<PreparedLine>> = {
  jsonl: (open) => readJsonl(open()),
  csv: (open) => readCsv(open()),
  json: readJson,
};

/**
 * Brings a file of any format into one in which every request is a line, without holding it. From that file the requests
 * can be read from any line on. If the file is refused, nothing is written.
 *
 * @returns the number of lines
 * @throws {RefusedFileError} if the file cannot be taken as a whole
 */
export const prepareFile = async (inbox: InboxContext, batchId: string, source: BatchSource): Promise<number> => {
  const format = formatOf(source.key);
  if (format === undefined) {
    throw new RefusedFileError(
      'unknown_format',
      'The name of the file must end in .jsonl, .ndjson, .csv or .json, or in one of these and .gz.',
    );
  }
  const { maxBytes } = inbox;
  const open = async function* (): AsyncGenerator<Buffer> {
    yield* sourceBytes(await openSource(inbox, source), { isCompressed: format.isCompressed, maxBytes });
  };
  return storeLines(inbox, batchId, readers[format.format](open));
};

const openSource = async (
  { s3, maxBytes }: InboxContext,
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
    if (!isGone(error)) throw error;
    throw new RefusedFileError(
      'source_not_found',
      'The file is gone, has been replaced, is archived, or may not be read.',
    );
  }
};

const isGone = (error: unknown): boolean =>
  error instanceof NoSuchKey ||
  (error instanceof S3ServiceException &&
    ['NoSuchVersion', 'NoSuchBucket', 'AccessDenied', 'PreconditionFailed', 'InvalidObjectState'].includes(error.name));
