import { type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import type { ObjectStore } from '#shared/aws/object-store.ts';
import type { Clock } from '#shared/clock.ts';

/** What a test knows of the objects in S3, by `bucket/key`. */
export interface RecordedObjects {
  objects: Map<string, Uint8Array>;
  /** Epoch ms. */
  objectsChangedAt: Map<string, number>;
  /** Prefixes that were erased. */
  erased: string[];
}

/** What S3 says of the objects that a test put there, by `bucket/key`. */
export const objectsInS3 = ({ objects, objectsChangedAt }: RecordedObjects): S3Client => {
  const send = async ({ input }: { input: { Bucket: string; Key: string } }) => {
    const object = objects.get(`${input.Bucket}/${input.Key}`);
    if (object === undefined) {
      const $metadata = { httpStatusCode: 403 };
      throw new S3ServiceException({ name: 'AccessDenied', $fault: 'client', $metadata });
    }
    const head = object.subarray(0, 4_100);
    return {
      ETag: '"1"',
      LastModified: new Date(objectsChangedAt.get(`${input.Bucket}/${input.Key}`) ?? 0),
      ContentRange: `bytes 0-${head.length - 1}/${object.length}`,
      Body: { transformToByteArray: async () => head },
    };
  };
  return { send } as unknown as S3Client;
};

/** An object store in memory. */
export const recordingStore = ({ objects, erased }: RecordedObjects, clock: Clock): ObjectStore => ({
  bucket: 'outputs-bucket',
  presignGet: async ({ bucket, key }) => `https://s3.test/${bucket}/${key}?at=${clock.now()}`,
  presignCacheable: async ({ bucket, key }) =>
    `https://s3.test/${bucket}/${key}?hour=${Math.floor(clock.now() / 3_600_000)}`,
  presignUpload: async ({ key }) => ({ url: 'https://s3.test/', fields: { key } }),
  put: async (key, body) => {
    objects.set(`outputs-bucket/${key}`, body);
    return { bucket: 'outputs-bucket', key, versionId: 'v1', etag: '"etag"' };
  },
  read: async ({ bucket, key }, maxBytes) => {
    const object = objects.get(`${bucket}/${key}`);
    return object !== undefined && object.length <= maxBytes ? object : undefined;
  },
  find: async ({ bucket, key }) =>
    objects.has(`${bucket}/${key}`) || (key.startsWith('outputs/') && !erased.some((prefix) => key.startsWith(prefix)))
      ? { bucket, key, versionId: 'v1' }
      : undefined,
  erase: async (prefix) => {
    erased.push(prefix);
    const keys = [...objects.keys()].filter((key) => key.startsWith(`outputs-bucket/${prefix}`));
    for (const key of keys) objects.delete(key);
    return keys.length;
  },
});
