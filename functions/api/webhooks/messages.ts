import * as z from 'zod';
import { batchEnded } from '#shared/events/batch-ended.ts';
import { jobEnded } from '#shared/events/job-ended.ts';
import { type MessageType, testMessage } from '#shared/webhooks/webhook.ts';

/** A call that a webhook gets, as the description of the API shows it. */
export interface MessageDescription {
  summary: string;
  body: z.ZodType;
}

const message = (type: MessageType, data: z.ZodType) =>
  z.object({ type: z.literal(type), timestamp: z.iso.datetime().meta({ description: 'When it happened' }), data });

/** The calls that webhooks get, by their type. */
export const messageDescriptions: Readonly<Record<MessageType, MessageDescription>> = {
  'job.ended': { summary: 'A job has ended', body: message('job.ended', jobEnded) },
  'batch.ended': { summary: 'A batch has ended', body: message('batch.ended', batchEnded) },
  [testMessage]: {
    summary: 'The owner of the webhook tests it',
    body: message(testMessage, z.object({ caller: z.string(), webhookId: z.uuid() })),
  },
};

/** The headers of these calls (Standard Webhooks). */
export const messageHeaders = z.object({
  'webhook-id': z
    .uuid()
    .meta({ description: 'The same at every attempt: a receiver that has seen it can ignore the call' }),
  'webhook-timestamp': z.string().meta({ description: 'When this attempt was made, in epoch seconds' }),
  'webhook-signature': z.string().meta({
    description:
      '`v1,` and the HMAC-SHA256 of id, timestamp and body in base64; one for each valid secret, with a space between',
  }),
});
