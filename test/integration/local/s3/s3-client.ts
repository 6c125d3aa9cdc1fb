import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';

/** The unmodified client with its default checksums. */
export const s3ClientOf = (
  url: string,
  { accessKeyId = 'local', ...options }: S3ClientConfig & { accessKeyId?: string } = {},
): S3Client =>
  new S3Client({
    endpoint: url,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey: 'local' },
    maxAttempts: 1,
    ...options,
  });

/** Bytes that differ from place to place, so that a wrong offset shows. */
export const patternOf = (length: number): Buffer => {
  const pattern = Buffer.alloc(length);
  for (let at = 0; at + 4 <= length; at += 4) pattern.writeUInt32LE(Math.imul(at, 2_654_435_761) >>> 0, at);
  return pattern;
};
