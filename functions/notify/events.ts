import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { eventSource } from '#shared/events/announcer.ts';
import { batchEnded, batchEndedEvent } from '#shared/events/batch-ended.ts';
import {
  budgetThresholdId,
  budgetThresholdReached,
  budgetThresholdReachedEvent,
} from '#shared/events/budget-threshold-reached.ts';
import { jobEnded, jobEndedEvent } from '#shared/events/job-ended.ts';
import { once } from '#shared/once.ts';
import type { Message } from '#shared/webhooks/message.ts';
import type { DeliveryRef } from '#shared/webhooks/webhook.ts';

/** What the function is started with: what was published (EventBridge), or a message that is to be delivered. */
export type NotifyEvent =
  | { kind: 'announcement'; caller: string; message: Message }
  | { kind: 'delivery'; delivery: DeliveryRef }
  /** Nothing that may be signed: the end of another gateway's job, or not in the form in which this one announces. */
  | { kind: 'refused'; reason: 'other_gateway' | 'unknown_form' };

const source = once(() => z.literal(eventSource));

/**
 * The same, with no field at any depth that the schema does not have: what is told to webhooks is signed, and holds nothing that
 * this gateway does not write itself.
 */
const exactly = <Detail>(schema: z.ZodType<Detail>) =>
  z.unknown().transform((detail, context): Detail => {
    const { data } = schema.safeParse(detail);
    if (data !== undefined && isDeepStrictEqual(data, detail)) return data;
    context.issues.push({ code: 'custom', message: 'is not the content of an event', input: detail });
    return z.NEVER;
  });

// EventBridge adds fields of its own around the detail, such as the name of a replay.
const announcement = once(() =>
  z.discriminatedUnion('detail-type', [
    z
      .object({ source: source(), 'detail-type': z.literal(jobEndedEvent), detail: exactly(jobEnded()) })
      .transform(({ detail }) => buildAnnouncement('job.ended', detail.jobId, detail)),
    z
      .object({ source: source(), 'detail-type': z.literal(batchEndedEvent), detail: exactly(batchEnded()) })
      .transform(({ detail }) => buildAnnouncement('batch.ended', detail.batchId, detail)),
    z
      .object({
        source: source(),
        'detail-type': z.literal(budgetThresholdReachedEvent),
        detail: exactly(budgetThresholdReached()),
      })
      .transform(({ detail }) => buildAnnouncement('budget.threshold_reached', budgetThresholdId(detail), detail)),
  ]),
);

const buildAnnouncement = (
  type: Message['type'],
  subject: string,
  data: { gateway: string; caller: string; finishedAt: string },
) => ({ gateway: data.gateway, caller: data.caller, message: { type, at: data.finishedAt, subject, data } });

const delivery = once(() =>
  z.strictObject({
    delivery: z.strictObject({ caller: z.string(), webhookId: z.uuid(), at: z.iso.datetime(), deliveryId: z.uuid() }),
  }),
);

/**
 * Reads an event.
 *
 * @param gateway name of the own stack: the ends of another's jobs are refused, whoever put them on the bus
 */
export const readEvent = (event: unknown, gateway: string): NotifyEvent => {
  const ref = delivery().safeParse(event);
  if (ref.success) return { kind: 'delivery', ...ref.data };
  const { data: announced } = announcement().safeParse(event);
  if (announced === undefined) return { kind: 'refused', reason: 'unknown_form' };
  if (announced.gateway !== gateway) return { kind: 'refused', reason: 'other_gateway' };
  return { kind: 'announcement', caller: announced.caller, message: announced.message };
};
