import * as z from 'zod';
import { once } from '../once.ts';

/** The events that a webhook subscribes to unless it says otherwise. */
export const defaultEventTypes = ['job.ended', 'batch.ended'] as const;

/** The events that a webhook can subscribe to; `webhook.test` is sent besides, when its owner asks for it. */
export const webhookEventTypes = [...defaultEventTypes, 'budget.threshold_reached'] as const;

export type WebhookEventType = (typeof webhookEventTypes)[number];

/** The type of a message that is sent only because the owner of a webhook wants to try it. */
export const testMessage = 'webhook.test';

export type MessageType = WebhookEventType | typeof testMessage;

const webhookRef = once(() => z.object({ caller: z.string(), webhookId: z.string() }));

/** Identifies a webhook; each belongs to one caller. */
export type WebhookRef = z.output<ReturnType<typeof webhookRef>>;

const webhookSecret = once(() =>
  z.object({
    /** `whsec_` and the key in base64 (Standard Webhooks). */
    secret: z.string(),
    /** Set once a newer one is there: until then calls are signed with both. ISO time. */
    validUntil: z.string().optional(),
  }),
);

/** A secret that calls are signed with. */
export type WebhookSecret = z.output<ReturnType<typeof webhookSecret>>;

/** What the table holds of a webhook. */
export const webhookSchema = once(() =>
  webhookRef().extend({
    url: z.string(),
    events: z.array(z.enum(webhookEventTypes)),
    description: z.string().optional(),
    state: z.enum(['enabled', 'disabled']),
    /** Why it is not called any more: its receiver answered 410 (gone). */
    disabledReason: z.literal('gone').optional(),
    /** Newest first. */
    secrets: z.array(webhookSecret()),
    /** Rises with each new secret. */
    revision: z.number(),
    createdAt: z.string(),
    updatedAt: z.string(),
  }),
);

/** Where a caller wants to be called when its jobs and batches end. Times are ISO strings. */
export type Webhook = z.output<ReturnType<typeof webhookSchema>>;

/** Identifies one message to one webhook; the same event makes the same one again. */
export interface DeliveryRef extends WebhookRef {
  deliveryId: string;
  /** When the event happened (ISO); deliveries are listed by it. */
  at: string;
}

const attempt = once(() =>
  z.object({
    /** ISO time. */
    at: z.string(),
    /** How long it took, in ms. */
    durationMs: z.number(),
    /** HTTP status of the answer, if there was one. */
    status: z.number().optional(),
    /** The beginning of the answer's body. */
    answer: z.string().optional(),
    /** Why there was no answer. */
    error: z.string().optional(),
  }),
);

/** One call of a webhook and its result. */
export type Attempt = z.output<ReturnType<typeof attempt>>;

/** What the table holds of a delivery. */
export const deliverySchema = once(() =>
  webhookRef().extend({
    deliveryId: z.string(),
    at: z.string(),
    type: z.enum([...webhookEventTypes, testMessage]),
    /** The `webhook-id`, the same at every attempt and for every webhook. */
    messageId: z.string(),
    /** What is sent, to the letter: it is signed. */
    body: z.string(),
    state: z.enum(['pending', 'delivered', 'failed']),
    /** Why it was given up other than by the last answer. */
    reason: z.enum(['webhook_disabled', 'webhook_deleted']).optional(),
    attempts: z.array(attempt()),
    createdAt: z.string(),
    nextAttemptAt: z.string().optional(),
    finishedAt: z.string().optional(),
  }),
);

/** One message to one webhook, from its first attempt to its last. Times are ISO strings. */
export type Delivery = z.output<ReturnType<typeof deliverySchema>>;
