import * as z from 'zod';
import { manifestName, parseOutputKey } from '#shared/deployment/bucket.ts';
import { once } from '#shared/once.ts';

const objectCreated = once(() =>
  z
    .object({
      source: z.literal('aws.s3'),
      'detail-type': z.literal('Object Created'),
      // As it is: EventBridge, unlike S3's other notifications, does not encode keys.
      detail: z.object({ object: z.object({ key: z.string() }) }),
    })
    .transform(
      ({
        detail: {
          object: { key },
        },
      }): { kind: 'manifest'; jobId: string } | { kind: 'output'; key: string } => {
        const jobId = key.endsWith(`/${manifestName}`) ? parseOutputKey(key) : undefined;
        return jobId === undefined ? { kind: 'output', key } : { kind: 'manifest', jobId };
      },
    ),
);

const wanted = once(() =>
  z
    .object({ jobId: z.uuid(), index: z.int().min(0), key: z.string() })
    .transform(({ key, ...output }) => ({ kind: 'wanted' as const, key, output })),
);

const thumbnailEvent = once(() => z.union([objectCreated(), wanted()]));

/**
 * What the function is started with: a new output or a new job.json (S3, by EventBridge), or an output whose thumbnail somebody wants to see
 * and that has none (api).
 */
export type ThumbnailEvent = z.output<ReturnType<typeof thumbnailEvent>>;

/**
 * Reads an event.
 *
 * @throws {ZodError} if it is none of them
 */
export const readEvent = (event: unknown): ThumbnailEvent => thumbnailEvent().parse(event);
