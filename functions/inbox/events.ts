import * as z from 'zod';
import type { BatchSource } from '#shared/batches/batch.ts';
import type { BatchRun } from '#shared/batches/batch-progress.ts';
import type { ErasureRun } from '#shared/erasing/erasure.ts';
import { once } from '#shared/once.ts';

const objectCreated = once(() =>
  z
    .object({
      source: z.literal('aws.s3'),
      'detail-type': z.literal('Object Created'),
      detail: z.object({
        bucket: z.object({ name: z.string() }),
        object: z.object({
          // As it is: EventBridge, unlike S3's other notifications, does not encode keys.
          key: z.string(),
          size: z.number().optional(),
          etag: z.string().optional(),
          'version-id': z.string().optional(),
        }),
      }),
    })
    .transform(({ detail: { bucket, object } }): { kind: 'file'; source: BatchSource; bytes?: number } => ({
      kind: 'file',
      source: { bucket: bucket.name, key: object.key, etag: object.etag, versionId: object['version-id'] },
      bytes: object.size,
    })),
);

const batchRun = once(() =>
  z
    .object({ batchId: z.uuid(), run: z.int().min(1) })
    .transform((run): { kind: 'run'; run: BatchRun } => ({ kind: 'run', run })),
);

const erasureRun = once(() =>
  z
    .object({ erasureId: z.uuid(), run: z.int().min(1) })
    .transform((run): { kind: 'erasure'; run: ErasureRun } => ({ kind: 'erasure', run })),
);

const inboxEvent = once(() => z.union([batchRun(), erasureRun(), objectCreated()]));

/** What the function is started with: a new object in the inbox (S3, by EventBridge), or a batch or an erasure to go on with (dispatch). */
export type InboxEvent = z.output<ReturnType<typeof inboxEvent>>;

/**
 * Reads an event.
 *
 * @throws {ZodError} if it is neither
 */
export const readEvent = (event: unknown): InboxEvent => inboxEvent().parse(event);
