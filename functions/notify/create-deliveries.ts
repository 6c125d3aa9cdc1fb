import { createDelivery } from '#shared/webhooks/delivery-store.ts';
import { noteNoWebhooks } from '#shared/webhooks/listening-callers.ts';
import { buildDelivery } from '#shared/webhooks/message.ts';
import { listWebhooks } from '#shared/webhooks/webhook-store.ts';
import type { NotifyContext } from './context.ts';
import type { NotifyEvent } from './events.ts';

/**
 * Starts a delivery to each of a caller's webhooks that subscribes to the event. Delivery and execution are named after event and
 * webhook: done again, after a crash or because the event came twice, nothing is started twice.
 *
 * @returns how many deliveries there are
 */
export const createDeliveries = async (
  { table, jobs, startDelivery, log }: NotifyContext,
  { caller, message }: Extract<NotifyEvent, { kind: 'announcement' }>,
): Promise<number> => {
  const all = await listWebhooks(table, caller);
  // Those that are disabled may be enabled again.
  if (all.length === 0) await tryNoteNone({ jobs, log }, caller);
  const webhooks = all.filter(
    ({ state, events }) => state === 'enabled' && events.some((type) => type === message.type),
  );
  for (const webhook of webhooks) {
    const delivery = buildDelivery(message, webhook);
    await createDelivery(table, delivery);
    const { webhookId, at, deliveryId } = delivery;
    await startDelivery({ delivery: { caller, webhookId, at, deliveryId } }, deliveryId);
  }
  if (webhooks.length > 0)
    log.info('deliveries created', { type: message.type, subject: message.subject, webhooks: webhooks.length });
  return webhooks.length;
};

/** Without the note the next end starts this function once more. */
const tryNoteNone = async ({ jobs, log }: Pick<NotifyContext, 'jobs' | 'log'>, caller: string): Promise<void> => {
  try {
    await noteNoWebhooks(jobs, caller);
  } catch (error) {
    log.warn('It could not be noted that a caller has no webhooks.', { error: String(error) });
  }
};
