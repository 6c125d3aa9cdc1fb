import type { Readable } from 'node:stream';
import {
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { type Clock, systemClock } from '../clock.ts';
import { eraseObjects } from './erase-objects.ts';

/** Names an object in S3. */
export interface ObjectRef {
  bucket: string;
  key: string;
}

/** One content of an object. */
export interface StoredObject extends ObjectRef {
  /** Absent where the bucket keeps no versions. */
  versionId?: string;
  /** As S3 writes it: in quotes. */
  etag?: string;
}

/** A form with which one object of one type can be stored. */
export interface UploadForm {
  url: string;
  /** To be sent before the file, in any order. */
  fields: Record<string, string>;
}

/** What an upload form permits. */
export interface UploadFormPolicy {
  key: string;
  contentType: string;
  /** Largest object, in bytes. */
  maxBytes: number;
  /** How long the form is valid, in seconds. */
  lifetimeSeconds: number;
}

/** The objects in S3, those of the gateway's own bucket first of all. */
export interface ObjectStore {
  /** The gateway's own bucket. */
  bucket: string;
  /** Makes a URL that reads one object for a while. It dies early if the session of the role that signed it does. */
  presignGet(object: ObjectRef): Promise<string>;
  /**
   * Makes a URL that reads one object that never changes, the same for all of an hour where the same process is asked: a browser
   * that meets it again has what it leads to. Signed at the beginning of the hour, it is good for two.
   */
  presignCacheable(object: ObjectRef): Promise<string>;
  /** Makes a form that stores one object in the gateway's bucket; its policy fixes key, type and largest size. */
  presignUpload(policy: UploadFormPolicy): Promise<UploadForm>;
  /** Stores an object in the gateway's bucket. */
  put(key: string, body: Uint8Array, contentType: string): Promise<StoredObject>;
  /** The bytes of an object; undefined if it has more of them, does not exist, or the gateway may not read it. */
  read(object: ObjectRef, maxBytes: number): Promise<Uint8Array | undefined>;
  /** The newest version of an object; undefined if it does not exist or the gateway may not read it. */
  find(object: ObjectRef): Promise<StoredObject | undefined>;
  /**
   * Erases all versions and delete markers under a prefix of the gateway's bucket: in a versioned bucket a mere delete would
   * keep the bytes.
   *
   * @returns how many were there
   * @throws {ObjectsNotErasedError} with S3's error code; another call goes on with what is left
   */
  erase(prefix: string): Promise<number>;
}

/**
 * Opens the objects in S3. URLs and forms are signed locally, without a call.
 *
 * @param options.bucket the gateway's own bucket
 * @param options.urlLifetimeSeconds how long a presigned URL is valid (S3: at most 7 days)
 */
export const createObjectStore = (
  s3: S3Client,
  { bucket, urlLifetimeSeconds, clock = systemClock }: { bucket: string; urlLifetimeSeconds: number; clock?: Clock },
): ObjectStore => ({
  bucket,
  presignCacheable: createPresignCacheable(s3, clock),
  presignGet: (object) =>
    getSignedUrl(s3, new GetObjectCommand({ Bucket: object.bucket, Key: object.key }), {
      expiresIn: urlLifetimeSeconds,
    }),
  presignUpload: ({ key, contentType, maxBytes, lifetimeSeconds }) =>
    createPresignedPost(s3, {
      Bucket: bucket,
      Key: key,
      Fields: { 'Content-Type': contentType },
      Conditions: [
        ['eq', '$Content-Type', contentType],
        ['content-length-range', 1, maxBytes],
      ],
      Expires: lifetimeSeconds,
    }),
  put: async (key, body, contentType) => {
    const command = new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: contentType });
    const { VersionId, ETag } = await s3.send(command);
    return { bucket, key, versionId: VersionId, etag: ETag };
  },
  read: (object, maxBytes) =>
    ignoreAbsent(async () => {
      const command = new GetObjectCommand({ Bucket: object.bucket, Key: object.key });
      const { Body, ContentLength = 0 } = await s3.send(command);
      if (ContentLength <= maxBytes) return Body?.transformToByteArray();
      (Body as Readable | undefined)?.destroy();
      return undefined;
    }),
  find: (object) =>
    ignoreAbsent(async () => {
      const { VersionId, ETag } = await s3.send(new HeadObjectCommand({ Bucket: object.bucket, Key: object.key }));
      return { bucket: object.bucket, key: object.key, versionId: VersionId, etag: ETag };
    }),
  erase: (prefix) => eraseObjects(s3, bucket, prefix),
});

const hourMs = 3_600_000;
const maxRemembered = 20_000;

/** Signing takes a millisecond of the processor, and a page has hundreds of pictures: what was signed within the hour is remembered. */
const createPresignCacheable = (s3: S3Client, clock: Clock): ObjectStore['presignCacheable'] => {
  const known = new Map<string, Promise<string>>();
  let knownOf = 0;
  return ({ bucket, key }) => {
    const hour = Math.floor(clock.now() / hourMs) * hourMs;
    if (hour !== knownOf || known.size >= maxRemembered) known.clear();
    knownOf = hour;
    const name = `${bucket}/${key}`;
    const command = new GetObjectCommand({ Bucket: bucket, Key: key });
    const url =
      known.get(name) ?? getSignedUrl(s3, command, { expiresIn: (2 * hourMs) / 1_000, signingDate: new Date(hour) });
    known.set(name, url);
    // Without credentials nothing was signed: the next one tries again.
    url.catch(() => known.delete(name));
    return url;
  };
};

const ignoreAbsent = async <Found>(find: () => Promise<Found>): Promise<Found | undefined> => {
  try {
    return await find();
  } catch (error) {
    // S3 returns 403 for a missing object unless the role may list the bucket.
    const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
    if (status === 404 || status === 403) return undefined;
    throw error;
  }
};
