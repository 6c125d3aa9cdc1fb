import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';

/** Makes a URL with which anybody can read one object for a while. */
export type Presign = (object: { bucket: string; key: string }) => Promise<string>;

/**
 * Signs URLs locally, without a call to S3. A URL dies early if the role's session that signed it does.
 *
 * @param lifetimeSeconds how long a URL is valid (S3: at most 7 days)
 */
export const createPresign =
  (s3: S3Client, lifetimeSeconds: number): Presign =>
  ({ bucket, key }) =>
    getSignedUrl(s3, new GetObjectCommand({ Bucket: bucket, Key: key }), { expiresIn: lifetimeSeconds });
