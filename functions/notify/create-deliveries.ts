import { createDelivery } from '#shared/webhooks/delivery-store.ts';
import { deliveryOfMessage } from '#shared/webhooks/message.ts';
import { listWebhooks } from '#shared/webhooks/webhook-store.ts';
import type { Parts } from './context.ts';
import type { NotifyEvent } from './events.ts';

/**
 * Starts a delivery to each of a caller's webhooks that wants to be told. Delivery and execution are named after event and
 * webhook: done again, after a crash or because the event came twice, nothing is started twice.
 *
 * @returns how many webhooks are told
 */
export const createDeliveries = async (
  { table, startDelivery, log }: Parts,
  { caller, message }: Extract<NotifyEvent, { kind: 'announcement' }>,
): Promise<number> => {
  const webhooks = (await listWebhooks(table, caller)).filter(
    ({ state, events }) => state === 'enabled' && events.some((type) => type === message.type),
  );
  for (const webhook of webhooks) {
    const delivery = deliveryOfMessage(message, webhook);
    await createDelivery(table, delivery);
    const { webhookId, at, deliveryId } = delivery;
    await startDelivery({ delivery: { caller, webhookId, at, deliveryId } }, deliveryId);
  }
  if (webhooks.length > 0)
    log.info('told', { type: message.type, subject: message.subject, webhooks: webhooks.length });
  return webhooks.length;
};
