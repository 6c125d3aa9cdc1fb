import * as z from 'zod';
import { batchEnded } from '#shared/events/batch-ended.ts';
import { budgetThresholdReached } from '#shared/events/budget-threshold-reached.ts';
import { jobEnded } from '#shared/events/job-ended.ts';
import { once } from '#shared/once.ts';
import {
  type Delivery,
  type MessageType,
  testMessage,
  type Webhook,
  webhookEventTypes,
} from '#shared/webhooks/webhook.ts';
import { validSecrets } from '#shared/webhooks/webhook-store.ts';
import type { ApiRequest } from '../http/request.ts';
import type { RouteDescription } from '../http/route-description.ts';

const webhookFields = once(() => ({
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
}));

/** A webhook as lists show it: without its secret. */
export const webhookSchema = once(() => z.object(webhookFields()).meta({ id: 'Webhook' }));

/** A webhook together with its newest secret, which is shown only when it is made. */
export const webhookWithSecret = once(() =>
  z
    .object({
      ...webhookFields(),
      secret: z.string().meta({ description: 'Verifies the signatures. It is shown this once: keep it.' }),
    })
    .meta({ id: 'WebhookWithSecret' }),
);

const attempt = once(() =>
  z.object({
    at: z.iso.datetime(),
    durationMs: z.int(),
    status: z.int().optional().meta({ description: 'HTTP status of the answer, if there was one' }),
    answer: z.string().optional().meta({ description: 'The beginning of its body' }),
    error: z.string().optional().meta({ description: 'Why there was no answer' }),
  }),
);

/** One message to a webhook and its outcome. */
export const deliverySchema = once(() =>
  z
    .object({
      deliveryId: z.uuid(),
      messageId: z.uuid().meta({ description: 'The header `webhook-id`, the same at every attempt' }),
      type: z.string(),
      status: z.enum(['pending', 'delivered', 'failed']),
      reason: z.enum(['webhook_disabled', 'webhook_deleted']).optional(),
      eventAt: z.iso.datetime(),
      attempts: z.array(attempt()),
      nextAttemptAt: z.iso.datetime().optional(),
      finishedAt: z.iso.datetime().optional(),
    })
    .meta({ id: 'Delivery' }),
);

/** A webhook with the messages that were sent to it lately. */
export const webhookWithDeliveries = once(() =>
  z
    .object({
      ...webhookFields(),
      deliveries: z.array(deliverySchema()).meta({ description: 'The latest 20, newest first' }),
    })
    .meta({ id: 'WebhookWithDeliveries' }),
);

/**
 * What the API shows of a webhook: never a secret.
 *
 * @param request the request that is answered
 */
export const viewWebhook = (
  webhook: Webhook,
  { baseUrl, startedAt }: ApiRequest,
): z.output<ReturnType<typeof webhookSchema>> => {
  const { webhookId, url, events, description, state, disabledReason, secrets, createdAt, updatedAt } = webhook;
  const self = `${baseUrl}/webhooks/${webhookId}`;
  return {
    webhookId,
    url,
    events,
    description,
    status: state,
    disabledReason,
    // They end in the order in which they were replaced.
    previousSecretsUntil: validSecrets(secrets, startedAt).find(({ validUntil }) => validUntil !== undefined)
      ?.validUntil,
    createdAt,
    updatedAt,
    links: { self, test: `${self}/test`, rotateSecret: `${self}/rotate-secret`, enable: `${self}/enable` },
  };
};

/** The same with the newest secret, for the one answer that shows it. */
export const viewNewSecret = (
  webhook: Webhook,
  request: ApiRequest,
): z.output<ReturnType<typeof webhookWithSecret>> => {
  const [newest] = webhook.secrets;
  if (newest === undefined) throw new Error(`The webhook ${webhook.webhookId} has no secret.`);
  return { ...viewWebhook(webhook, request), secret: newest.secret };
};

/** What the API shows of a delivery. */
export const viewDelivery = (delivery: Delivery): z.output<ReturnType<typeof deliverySchema>> => {
  const { deliveryId, messageId, type, state, reason, at, attempts, nextAttemptAt, finishedAt } = delivery;
  return { deliveryId, messageId, type, status: state, reason, eventAt: at, attempts, nextAttemptAt, finishedAt };
};

/** Description of a call on one webhook. */
export const describeWebhookCall = (
  summary: string,
  answers: RouteDescription['answers'],
  errors: NonNullable<RouteDescription['errors']> = [],
): RouteDescription => ({ tag: 'Webhooks', summary, answers, errors: [404, ...errors] });

/** A call that a webhook gets, as the description of the API shows it. */
export interface MessageDescription {
  summary: string;
  body(): z.ZodType;
}

const message = (type: MessageType, data: () => z.ZodType) => (): z.ZodType =>
  z.object({
    type: z.literal(type),
    timestamp: z.iso.datetime().meta({ description: 'When it happened' }),
    data: data(),
  });

/** The calls that webhooks get, by their type. */
export const messageDescriptions: Readonly<Record<MessageType, MessageDescription>> = {
  'job.ended': { summary: 'A job has ended', body: message('job.ended', jobEnded) },
  'batch.ended': { summary: 'A batch has ended', body: message('batch.ended', batchEnded) },
  'budget.threshold_reached': {
    summary: 'A budget has reached 80 or 100 percent',
    body: message('budget.threshold_reached', budgetThresholdReached),
  },
  [testMessage]: {
    summary: 'The owner of the webhook tests it',
    body: message(testMessage, () => z.object({ caller: z.string(), webhookId: z.uuid() })),
  },
};

/** The headers of these calls (Standard Webhooks). */
export const messageHeaders = once(() =>
  z.object({
    'webhook-id': z
      .uuid()
      .meta({ description: 'The same at every attempt: a receiver that has seen it can ignore the call' }),
    'webhook-timestamp': z.string().meta({ description: 'When this attempt was made, in epoch seconds' }),
    'webhook-signature': z.string().meta({
      description:
        '`v1,` and the HMAC-SHA256 of id, timestamp and body in base64; one for each valid secret, with a space between',
    }),
  }),
);
