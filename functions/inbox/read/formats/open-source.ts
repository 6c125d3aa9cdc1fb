import { Readable } from 'node:stream';
import { GetObjectCommand, NoSuchKey, S3ServiceException } from '@aws-sdk/client-s3';
import { listVersions, type ObjectVersion } from '#shared/aws/erase-objects.ts';
import type { BatchSource } from '#shared/batches/batch.ts';
import type { InboxContext } from '../../context.ts';
import { RefusedFileError } from '../prepared-line.ts';

/** A file of requests as S3 has it. */
export interface OpenedSource {
  body: Readable;
  /** As S3 counts them, packed. */
  bytes: number;
  metadata: Record<string, string>;
}

/**
 * Opens the object that has the requests of a batch.
 *
 * @throws {RefusedFileError} `source_not_found` if it is gone, `source_not_readable` if it is there and S3 does not give it out
 */
export const openSource = async (
  context: Pick<InboxContext, 's3' | 'bucket'>,
  source: BatchSource,
): Promise<OpenedSource> => {
  const { bucket, key, versionId, etag } = source;
  try {
    const {
      Body,
      ContentLength = 0,
      Metadata = {},
    } = await context.s3.send(
      new GetObjectCommand({
        Bucket: bucket,
        Key: key,
        VersionId: versionId,
        // Where the bucket keeps no versions, the file may have been replaced.
        IfMatch: versionId === undefined && etag !== undefined ? `"${etag}"` : undefined,
      }),
    );
    if (!(Body instanceof Readable)) throw new TypeError('S3 answered without a body.');
    return { body: Body, bytes: ContentLength, metadata: Metadata };
  } catch (error) {
    throw (await findRefusal(context, source, error)) ?? error;
  }
};

/** What to tell of a file that S3 does not give out, for good; undefined for what may pass. */
const findRefusal = async (
  context: Pick<InboxContext, 's3' | 'bucket'>,
  source: BatchSource,
  error: unknown,
): Promise<RefusedFileError | undefined> => {
  if (error instanceof NoSuchKey) return gone();
  if (!(error instanceof S3ServiceException)) return undefined;
  switch (error.name) {
    case 'NoSuchVersion':
    case 'NoSuchBucket':
    case 'PreconditionFailed':
      return gone();
    case 'InvalidObjectState':
      return notReadable('is archived: restore it, and send the batch again');
    case 'AccessDenied':
      return explainDenial(context, source, error.message);
    default:
      return undefined;
  }
};

const gone = () => new RefusedFileError('source_not_found', 'The file is gone or has been replaced.');

const notReadable = (reason: string) => new RefusedFileError('source_not_readable', `The file ${reason}.`);

/**
 * Tells apart what S3 answers with 403: also that a file is gone, to a role that may not list its bucket. S3 names the action that is
 * missing to principals of the bucket's own account, `s3:ListBucket` where the file is; in the gateway's own bucket versions are listed.
 */
const explainDenial = async (
  { s3, bucket: own }: Pick<InboxContext, 's3' | 'bucket'>,
  source: BatchSource,
  message: string,
): Promise<RefusedFileError> => {
  const [, action] = /not authorized to perform: ([a-z0-9]+:\w+)/.exec(message) ?? [];
  if (action === 's3:ListBucket') return gone();
  if (action !== undefined) return notReadable(`may not be read: the gateway lacks ${action}`);
  if (source.bucket !== own) return new RefusedFileError('source_not_found', 'The file is gone, or may not be read.');
  return (await isThere(s3, source)) ? notReadable('may not be read: a key or a policy refuses it') : gone();
};

/** Whether a version of the file is the one that was meant, or else its newest, and no marker of a deletion. */
const isThere = async (s3: InboxContext['s3'], { bucket, key, versionId }: BatchSource): Promise<boolean> => {
  const found: ObjectVersion[] = [];
  for await (const { versions } of listVersions(s3, bucket, key)) found.push(...versions);
  const [newest] = found
    .filter((version) => version.key === key && (versionId === undefined || version.versionId === versionId))
    .toSorted((a, b) => b.changedAt - a.changedAt);
  return newest?.etag !== undefined;
};
