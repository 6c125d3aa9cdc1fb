import { DeleteObjectsCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import type { Expiration } from '#shared/deployment/object-retention.ts';
import { stackNames } from './stack-settings.ts';

const dayMs = 86_400_000;

/** Deletes objects whose time is over, as the lifecycle rules of the bucket do: the local S3 has none. One that cannot be deleted stops no other. */
export const expireObjects = async (s3: S3Client, expirations: readonly Expiration[], now: number): Promise<void> => {
  const Bucket = stackNames.bucket;
  let failures = 0;
  for (const { prefix, days } of expirations) {
    for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket, Prefix: prefix })) {
      const expired = Contents.filter(
        ({ LastModified }) => LastModified && now - LastModified.getTime() >= days * dayMs,
      );
      if (expired.length === 0) continue;
      const Objects = expired.map(({ Key }) => ({ Key }));
      const { Errors = [] } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
      failures += Errors.length;
    }
  }
  if (failures > 0) throw new Error(`${failures} expired objects could not be deleted.`);
};
