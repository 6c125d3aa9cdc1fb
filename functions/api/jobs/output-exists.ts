import { HeadObjectCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';

/** Whether an object is in S3. */
export type OutputExists = (object: { bucket: string; key: string }) => Promise<boolean>;

/** Asks S3; without the right to list a bucket it answers 403 for what is not there. */
export const createOutputExists =
  (s3: S3Client): OutputExists =>
  async ({ bucket, key }) => {
    try {
      await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
      return true;
    } catch (error) {
      const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
      if (status === 403 || status === 404) return false;
      throw error;
    }
  };
