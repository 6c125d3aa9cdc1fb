import * as z from 'zod';
import type { JobOutput } from './job.ts';

/** What callers are told of an output. */
export const storedOutput = z.object({
  bucket: z.string(),
  key: z.string().meta({ description: 'Key of the object in S3' }),
  sha256: z.string(),
  bytes: z.int(),
  contentType: z.string(),
  seed: z.int().optional(),
});

/** An output as callers are told of it, without what else Adobe said about it. */
export const toStoredOutput = ({
  bucket,
  key,
  sha256,
  bytes,
  contentType,
  seed,
}: JobOutput): z.output<typeof storedOutput> => ({ bucket, key, sha256, bytes, contentType, seed });
