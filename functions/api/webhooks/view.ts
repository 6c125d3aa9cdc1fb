import * as z from 'zod';
import { webhookEventTypes } from '#shared/webhooks/webhook.ts';
import type { RouteDescription } from '../openapi/description.ts';

const longestDescription = 200;

const events = z
  .array(z.enum(webhookEventTypes))
  .min(1)
  .max(webhookEventTypes.length)
  .transform((types) => [...new Set(types)]);

/** What a new webhook is made of. */
export const webhookRequest = z.strictObject({
  url: z.string().min(1).meta({ description: 'https, on a public address' }),
  events: events.default([...webhookEventTypes]),
  description: z.string().max(longestDescription).optional(),
});

const webhookFields = {
  webhookId: z.uuid(),
  url: z.url(),
  events: z.array(z.enum(webhookEventTypes)),
  description: z.string().optional(),
  status: z.enum(['enabled', 'disabled']),
  disabledReason: z.enum(['gone']).optional().meta({ description: '`gone`: the receiver has answered 410' }),
  previousSecretsUntil: z.iso
    .datetime()
    .optional()
    .meta({ description: 'Until then calls are signed with an earlier secret as well' }),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  links: z.object({ self: z.url(), test: z.url(), rotateSecret: z.url(), enable: z.url() }),
};

/** A webhook as lists show it: without its secret. */
export const webhookSchema = z.object(webhookFields).meta({ id: 'Webhook' });

/** A webhook together with its newest secret, which is shown only when it is made. */
export const webhookWithSecret = z
  .object({
    ...webhookFields,
    secret: z.string().meta({ description: 'Verifies the signatures. It is shown this once: keep it.' }),
  })
  .meta({ id: 'WebhookWithSecret' });

const attempt = z.object({
  at: z.iso.datetime(),
  durationMs: z.int(),
  status: z.int().optional().meta({ description: 'HTTP status of the answer, if there was one' }),
  answer: z.string().optional().meta({ description: 'The beginning of its body' }),
  error: z.string().optional().meta({ description: 'Why there was no answer' }),
});

/** One message to a webhook and what became of it. */
export const deliverySchema = z
  .object({
    deliveryId: z.uuid(),
    messageId: z.uuid().meta({ description: 'The header `webhook-id`, the same at every try' }),
    type: z.string(),
    status: z.enum(['pending', 'delivered', 'failed']),
    reason: z.enum(['webhook_disabled', 'webhook_deleted']).optional(),
    eventAt: z.iso.datetime(),
    attempts: z.array(attempt),
    nextAttemptAt: z.iso.datetime().optional(),
    finishedAt: z.iso.datetime().optional(),
  })
  .meta({ id: 'Delivery' });

/** A webhook with the messages that were sent to it lately. */
export const webhookWithDeliveries = z
  .object({
    ...webhookFields,
    deliveries: z.array(deliverySchema).meta({ description: 'The latest 20, newest first' }),
  })
  .meta({ id: 'WebhookWithDeliveries' });

/** Description of a call on one webhook. */
export const onWebhook = (
  summary: string,
  answers: RouteDescription['answers'],
  errors: readonly number[] = [],
): RouteDescription => ({ tag: 'Webhooks', summary, answers, errors: [404, ...errors] });

/** The answer to a request for a test message. */
export const webhookTested = z.object({ deliveryId: z.uuid(), links: z.object({ webhook: z.url() }) });
