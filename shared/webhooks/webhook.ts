/** What a webhook can be told of; `webhook.test` besides, when its owner asks for it. */
export const webhookEventTypes = ['job.ended', 'batch.ended'] as const;

export type WebhookEventType = (typeof webhookEventTypes)[number];

/** The type of a message that is sent only because the owner of a webhook wants to try it. */
export const testMessage = 'webhook.test';

export type MessageType = WebhookEventType | typeof testMessage;

/** A secret that calls are signed with. */
export interface WebhookSecret {
  /** `whsec_` and the key in base64 (Standard Webhooks). */
  secret: string;
  /** Set once a newer one is there: until then calls are signed with both. ISO time. */
  validUntil?: string;
}

/** Identifies a webhook; each belongs to one caller. */
export interface WebhookRef {
  caller: string;
  webhookId: string;
}

/** Where a caller wants to be called when its jobs and batches end. Times are ISO strings. */
export interface Webhook extends WebhookRef {
  url: string;
  events: WebhookEventType[];
  description?: string;
  state: 'enabled' | 'disabled';
  /** Why it is not called any more: its receiver answered 410 (gone). */
  disabledReason?: 'gone';
  /** Newest first. */
  secrets: WebhookSecret[];
  /** Rises with each new secret. */
  revision: number;
  createdAt: string;
  updatedAt: string;
}

/** Identifies one message to one webhook; the same event makes the same one again. */
export interface DeliveryRef extends WebhookRef {
  deliveryId: string;
  /** When the event happened (ISO); deliveries are listed by it. */
  at: string;
}

/** One call of a webhook and what came of it. */
export interface Attempt {
  /** ISO time. */
  at: string;
  /** How long it took, in ms. */
  durationMs: number;
  /** HTTP status of the answer, if there was one. */
  status?: number;
  /** The beginning of the answer's body. */
  answer?: string;
  /** Why there was no answer. */
  error?: string;
}

/** One message to one webhook, from its first try to its last. Times are ISO strings. */
export interface Delivery extends DeliveryRef {
  type: MessageType;
  /** The `webhook-id`, the same at every try and for every webhook. */
  messageId: string;
  /** What is sent, to the letter: it is signed. */
  body: string;
  state: 'pending' | 'delivered' | 'failed';
  /** Why it was given up other than by the last answer. */
  reason?: 'webhook_disabled' | 'webhook_deleted';
  attempts: Attempt[];
  createdAt: string;
  nextAttemptAt?: string;
  finishedAt?: string;
}
