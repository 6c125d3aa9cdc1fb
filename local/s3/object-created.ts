import * as z from 'zod';

/** An object that has just been stored. */
export const objectCreated = z.object({
  bucket: z.string(),
  key: z.string(),
  /** Bytes. */
  size: z.int(),
  /** Without quotes. */
  etag: z.string(),
  /** The operation that stored it, as the event of S3 names it. */
  reason: z.enum(['PutObject', 'CopyObject', 'CompleteMultipartUpload']),
});
export type ObjectCreated = z.output<typeof objectCreated>;
