import { condition } from '../aws/expressions.ts';
import { createItemParser, parseEach } from '../aws/items.ts';
import { getItem, putNew, queryFirst, type Table, ttlAfter, updateItem } from '../aws/table.ts';
import { webhookPartitions } from '../deployment/tables.ts';
import { type Attempt, type Delivery, type DeliveryRef, deliverySchema } from './webhook.ts';

const retentionSeconds = 30 * 86_400;

const parseDelivery = createItemParser(deliverySchema);

/** Deliveries of a webhook are in the order of their events. */
const deliveryKey = ({ webhookId, at, deliveryId }: Omit<DeliveryRef, 'caller'>) => ({
  pk: webhookPartitions.webhook(webhookId),
  sk: `delivery#${at}#${deliveryId}`,
});

/** What a delivery begins with. */
export type NewDelivery = Pick<Delivery, 'caller' | 'webhookId' | 'deliveryId' | 'at' | 'type' | 'messageId' | 'body'>;

/** Writes a new delivery, unless it is there: its id follows from event and webhook, so one conditional put decides. */
export const createDelivery = async (table: Table, delivery: NewDelivery): Promise<void> => {
  const pending: Delivery = {
    ...delivery,
    state: 'pending',
    attempts: [],
    createdAt: new Date(table.clock.now()).toISOString(),
  };
  await putNew(table, { ...deliveryKey(delivery), ...pending, expiresAt: ttlAfter(table, retentionSeconds) });
};

/**
 * Reads a delivery as it is now (strongly consistent).
 *
 * @throws {UnreadableItemError} if the item is not a whole delivery
 */
export const getDelivery = async (table: Table, ref: DeliveryRef): Promise<Delivery | undefined> => {
  const item = await getItem(table, deliveryKey(ref));
  return item && parseDelivery(item);
};

/** What an attempt led to. */
export type DeliveryProgress =
  | { state: 'pending'; nextAttemptAt: string }
  | { state: 'delivered' | 'failed'; reason?: Delivery['reason'] };

/**
 * Records an attempt, or that none will follow. The same attempt recorded again replaces itself; a delivery that has ended
 * stays as it is.
 *
 * @param attempt the attempt and its number, from 0
 */
export const recordAttempt = async (
  table: Table,
  ref: DeliveryRef,
  progress: DeliveryProgress,
  attempt?: { index: number; made: Attempt },
): Promise<void> => {
  const now = new Date(table.clock.now()).toISOString();
  const end = { finishedAt: now, nextAttemptAt: undefined };
  await updateItem(table, deliveryKey(ref), {
    set: {
      ...progress,
      ...(progress.state !== 'pending' && end),
      ...(attempt && { [`attempts[${attempt.index}]`]: attempt.made }),
    },
    when: condition`#state = ${'pending'}`,
  });
};

/** The latest deliveries to a webhook, newest event first; one that cannot be read is reported and left out. */
export const latestDeliveries = async (table: Table, webhookId: string, limit: number): Promise<Delivery[]> => {
  const where = condition`#pk = ${webhookPartitions.webhook(webhookId)}`;
  return parseEach(table, await queryFirst(table, { where, descending: true }, limit), parseDelivery).parsed;
};
