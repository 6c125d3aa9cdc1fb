import { v5 } from 'uuid';
import type { NewDelivery } from './delivery-store.ts';
import type { MessageType, WebhookRef } from './webhook.ts';

const messages = '1c9d2f70-5b0e-5c84-8a3e-7f6d1b2a4c95';

/** What a webhook receives: Standard Webhooks' `type`, `timestamp` and `data`. */
export interface Message {
  type: MessageType;
  /** When it happened, ISO. */
  at: string;
  /** Tells it from other events of the same type: the id of the job or batch. */
  subject: string;
  data: Record<string, unknown>;
}

/**
 * A message to one webhook. All its ids follow from the event, so that an event that is published twice is one message, and one
 * delivery to each webhook.
 */
export const buildDelivery = ({ type, at, subject, data }: Message, { caller, webhookId }: WebhookRef): NewDelivery => {
  const messageId = v5(JSON.stringify([type, subject, at]), messages);
  return {
    caller,
    webhookId,
    deliveryId: v5(messageId, webhookId),
    at,
    type,
    messageId,
    body: JSON.stringify({ type, timestamp: at, data }),
  };
};
