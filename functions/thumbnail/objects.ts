import type { Readable } from 'node:stream';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3ServiceException } from '@aws-sdk/client-s3';
import { eraseObjects } from '#shared/aws/erase-objects.ts';
import { thumbnailKey, thumbnailPrefix } from '#shared/deployment/bucket.ts';
import { outputOwner } from '#shared/jobs/output-owner.ts';
import type { ThumbnailContext } from './context.ts';
import type { Thumbnails } from './make-thumbnails.ts';

type Objects = Pick<ThumbnailContext, 's3' | 'bucket'>;

/** An output as it lies in S3. */
export interface StoredFile {
  body: Readable;
  bytes: number;
  /** Whose it is; undefined if that was not written beside it. */
  owner?: { jobId: string; index: number };
}

/** Opens an output; undefined if it is gone. Its body must be read or destroyed. */
export const openOutput = ({ s3, bucket }: Objects, key: string): Promise<StoredFile | undefined> =>
  ignoreAbsent(async () => {
    const { Body, ContentLength = 0, Metadata } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return { body: Body as Readable, bytes: ContentLength, owner: outputOwner.read(Metadata) };
  });

/**
 * Writes thumbnails, each once: what is there is kept. Then looks whether the output is still there, as an erasure deletes first the outputs
 * and then the thumbnails.
 *
 * @returns false if the output is gone, and the thumbnails with it
 */
export const storeThumbnails = async (
  { s3, bucket }: Objects,
  key: string,
  thumbnails: Thumbnails['files'],
): Promise<boolean> => {
  for (const { width, file } of thumbnails) {
    const command = new PutObjectCommand({
      Bucket: bucket,
      Key: thumbnailKey({ key }, width),
      Body: file,
      ContentType: 'image/webp',
      CacheControl: 'private, max-age=31536000, immutable',
      IfNoneMatch: '*',
    });
    await ignoreConflict(() => s3.send(command));
  }
  const output = await ignoreAbsent(() => s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key })));
  if (output !== undefined) return true;
  await eraseThumbnails({ s3, bucket }, key);
  return false;
};

/** Erases the thumbnails of an output that is gone. */
export const eraseThumbnails = async ({ s3, bucket }: Objects, key: string): Promise<void> => {
  await eraseObjects(s3, bucket, `${thumbnailPrefix(key)}/`);
};

/** A text in S3, and what a conditional write of it must name. */
export interface StoredText {
  text: string;
  etag: string;
}

/** Reads an object as text; undefined if it is not there. */
export const readText = ({ s3, bucket }: Objects, key: string): Promise<StoredText | undefined> =>
  ignoreAbsent(async () => {
    const { Body, ETag = '' } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return { text: (await Body?.transformToString()) ?? '', etag: ETag };
  });

/** Replaces a JSON text by another one; says whether it still was what was read. */
export const replaceJson = async (
  { s3, bucket }: Objects,
  key: string,
  text: string,
  etag: string,
): Promise<boolean> => {
  const command = new PutObjectCommand({
    Bucket: bucket,
    Key: key,
    Body: text,
    ContentType: 'application/json',
    IfMatch: etag,
  });
  return (await ignoreAbsent(() => ignoreConflict(() => s3.send(command)))) !== undefined;
};

const ignoreConflict = async <Done>(write: () => Promise<Done>): Promise<Done | undefined> => {
  try {
    return await write();
  } catch (error) {
    // 412: the condition does not hold; 409: another conditional write of the key is under way.
    if (statusOf(error) === 412 || statusOf(error) === 409) return undefined;
    throw error;
  }
};

const ignoreAbsent = async <Found>(find: () => Promise<Found>): Promise<Found | undefined> => {
  try {
    return await find();
  } catch (error) {
    // S3 returns 403 for a missing object unless the role may list the bucket.
    if (statusOf(error) === 404 || statusOf(error) === 403) return undefined;
    throw error;
  }
};

const statusOf = (error: unknown): number | undefined =>
  error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
