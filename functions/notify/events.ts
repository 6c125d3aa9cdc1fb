import * as z from 'zod';
import { batchEndedEvent } from '#shared/events/batch-ended.ts';
import { jobEndedEvent } from '#shared/events/job-ended.ts';
import { eventSource } from '#shared/events/publish.ts';
import type { Message } from '#shared/webhooks/message.ts';
import type { DeliveryRef } from '#shared/webhooks/webhook.ts';

const source = z.literal(eventSource);
const ended = { caller: z.string(), finishedAt: z.iso.datetime() };

const jobEnded = z
  .object({
    source,
    'detail-type': z.literal(jobEndedEvent),
    detail: z.looseObject({ ...ended, jobId: z.string() }),
  })
  .transform(({ detail }) => buildAnnouncement('job.ended', detail.jobId, detail));

const batchEnded = z
  .object({
    source,
    'detail-type': z.literal(batchEndedEvent),
    detail: z.looseObject({ ...ended, batchId: z.string() }),
  })
  .transform(({ detail }) => buildAnnouncement('batch.ended', detail.batchId, detail));

const buildAnnouncement = (
  type: Message['type'],
  subject: string,
  data: { caller: string; finishedAt: string; [field: string]: unknown },
): { kind: 'announcement'; caller: string; message: Message } => ({
  kind: 'announcement',
  caller: data.caller,
  message: { type, at: data.finishedAt, subject, data },
});

const delivery = z
  .object({
    delivery: z.object({ caller: z.string(), webhookId: z.uuid(), at: z.iso.datetime(), deliveryId: z.uuid() }),
  })
  .transform(({ delivery: ref }): { kind: 'delivery'; delivery: DeliveryRef } => ({ kind: 'delivery', delivery: ref }));

const notifyEvent = z.union([delivery, jobEnded, batchEnded]);

/** What the function is started with: an end that was published (EventBridge), or a message that is to be delivered. */
export type NotifyEvent = z.output<typeof notifyEvent>;

/**
 * Reads an event.
 *
 * @throws {ZodError} if it is neither
 */
export const readEvent = (event: unknown): NotifyEvent => notifyEvent.parse(event);
