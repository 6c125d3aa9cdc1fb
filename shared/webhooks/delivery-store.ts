import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { isExpired } from '../aws/table.ts';
import { conditionalUpdate } from '../jobs/conditional-update.ts';
import type { Attempt, Delivery, DeliveryRef } from './webhook.ts';
import { deliveryKey, deliveryPartition, type WebhookTable, withoutKeys } from './webhook-table.ts';

const keptSeconds = 30 * 86_400;

/** What a delivery begins with. */
export type NewDelivery = Pick<Delivery, 'caller' | 'webhookId' | 'deliveryId' | 'at' | 'type' | 'messageId' | 'body'>;

/** Writes a new delivery, unless it is there: its id follows from event and webhook, so one conditional put decides. */
export const createDelivery = async (table: WebhookTable, delivery: NewDelivery): Promise<void> => {
  const nowMs = table.clock.now();
  const pending: Delivery = {
    ...delivery,
    state: 'pending',
    attempts: [],
    createdAt: new Date(nowMs).toISOString(),
  };
  try {
    await table.dynamoDb.send(
      new PutCommand({
        TableName: table.tableName,
        Item: { ...deliveryKey(delivery), ...pending, expiresAt: Math.floor(nowMs / 1000) + keptSeconds },
        ConditionExpression: 'attribute_not_exists(pk)',
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
};

/** Reads a delivery as it is now (strongly consistent). */
export const getDelivery = async (table: WebhookTable, ref: DeliveryRef): Promise<Delivery | undefined> => {
  const { Item } = await table.dynamoDb.send(
    new GetCommand({ TableName: table.tableName, Key: deliveryKey(ref), ConsistentRead: true }),
  );
  return Item === undefined || isExpired(Item, table.clock.now()) ? undefined : deliveryOf(Item);
};

/** What a try led to. */
export type DeliveryProgress =
  | { state: 'pending'; nextAttemptAt: string }
  | { state: 'delivered' | 'failed'; reason?: Delivery['reason'] };

/**
 * Records a try, or that none will follow. The same try recorded again replaces itself; what has ended stays as it is.
 *
 * @param attempt the try and its number, from 0
 */
export const recordAttempt = async (
  table: WebhookTable,
  ref: DeliveryRef,
  progress: DeliveryProgress,
  attempt?: { index: number; made: Attempt },
): Promise<void> => {
  const isOver = progress.state !== 'pending';
  const changes = [
    '#state = :state',
    ...(attempt === undefined ? [] : [`attempts[${attempt.index}] = :attempt`]),
    ...(isOver ? ['finishedAt = :now'] : ['nextAttemptAt = :next']),
    ...(isOver && progress.reason !== undefined ? ['reason = :reason'] : []),
  ];
  await conditionalUpdate(table, deliveryKey(ref), {
    expression: `SET ${changes.join(', ')}${isOver ? ' REMOVE nextAttemptAt' : ''}`,
    condition: '#state = :pending',
    names: { '#state': 'state' },
    values: {
      ':pending': 'pending',
      ':state': progress.state,
      ...(attempt !== undefined && { ':attempt': attempt.made }),
      ...(isOver ? { ':now': new Date(table.clock.now()).toISOString() } : { ':next': progress.nextAttemptAt }),
      ...(isOver && progress.reason !== undefined && { ':reason': progress.reason }),
    },
  });
};

/** The latest deliveries to a webhook, newest event first. */
export const latestDeliveries = async (table: WebhookTable, webhookId: string, limit: number): Promise<Delivery[]> => {
  const { Items = [] } = await table.dynamoDb.send(
    new QueryCommand({
      TableName: table.tableName,
      KeyConditionExpression: 'pk = :webhook',
      ExpressionAttributeValues: { ':webhook': deliveryPartition(webhookId) },
      ScanIndexForward: false,
      Limit: limit,
    }),
  );
  return Items.filter((item) => !isExpired(item, table.clock.now())).map(deliveryOf);
};

const deliveryOf = (item: Record<string, unknown>): Delivery => withoutKeys(item) as unknown as Delivery;
