import { HeadObjectCommand, PutObjectCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import type { BatchSource } from '#shared/batches/batch.ts';

/** The files of batches in S3. */
export interface BatchFiles {
  /** The gateway's own bucket. */
  bucket: string;
  /** Stores the requests of a batch. */
  store(key: string, body: Buffer, contentType: string): Promise<BatchSource>;
  /** The newest version of an object; undefined if there is none, or none that may be read. */
  find(bucket: string, key: string): Promise<BatchSource | undefined>;
}

/** The files of batches in a bucket. */
export const createBatchFiles = (s3: S3Client, bucket: string): BatchFiles => ({
  bucket,
  store: async (key, body, contentType) => {
    const stored = await s3.send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: contentType }),
    );
    return { bucket, key, versionId: stored.VersionId, etag: unquoted(stored.ETag) };
  },
  find: async (from, key) => {
    try {
      const found = await s3.send(new HeadObjectCommand({ Bucket: from, Key: key }));
      return { bucket: from, key, versionId: found.VersionId, etag: unquoted(found.ETag) };
    } catch (error) {
      // Who may not list a bucket is told 403 of objects that are not there.
      const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
      if (status === 404 || status === 403) return undefined;
      throw error;
    }
  },
});

const unquoted = (etag: string | undefined): string | undefined => etag?.replaceAll('"', '');
