import type { Table } from '../aws/table.ts';

/** The table of webhooks and deliveries: one of its own, as only two functions may read the secrets in it. */
export type WebhookTable = Table;

/** The partition of a caller's webhooks. */
export const callerPartition = (caller: string): string => `caller#${caller}`;

/** The key of a webhook's item. */
export const webhookKey = ({ caller, webhookId }: { caller: string; webhookId: string }) => ({
  pk: callerPartition(caller),
  sk: `webhook#${webhookId}`,
});

/** The partition of a webhook's deliveries. */
export const deliveryPartition = (webhookId: string): string => `webhook#${webhookId}`;

/** The key of a delivery's item: in the order of their events. */
export const deliveryKey = ({ webhookId, at, deliveryId }: { webhookId: string; at: string; deliveryId: string }) => ({
  pk: deliveryPartition(webhookId),
  sk: `delivery#${at}#${deliveryId}`,
});

/** What an item holds beside the table's own attributes. */
export const withoutKeys = (item: Record<string, unknown>): Record<string, unknown> => {
  const { pk: _pk, sk: _sk, expiresAt: _expiresAt, ...content } = item;
  return content;
};
