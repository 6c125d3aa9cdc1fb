import { DeleteCommand, GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { v7 } from 'uuid';
import { type ConditionalUpdate, conditionalUpdate } from '../jobs/conditional-update.ts';
import type { Webhook, WebhookRef } from './webhook.ts';
import { newSecret, withNewSecret } from './webhook-secret.ts';
import { callerPartition, type WebhookTable, webhookKey, withoutKeys } from './webhook-table.ts';

/** Most webhooks of one caller. */
export const mostWebhooks = 10;

/** Writes a new webhook, with a secret of its own. */
export const createWebhook = async (
  table: WebhookTable,
  { caller, url, events, description }: Pick<Webhook, 'caller' | 'url' | 'events' | 'description'>,
): Promise<Webhook> => {
  const now = new Date(table.clock.now()).toISOString();
  const webhook: Webhook = {
    webhookId: v7(),
    caller,
    url,
    events,
    description,
    state: 'enabled',
    secrets: [{ secret: newSecret() }],
    revision: 1,
    createdAt: now,
    updatedAt: now,
  };
  await table.dynamoDb.send(
    new PutCommand({
      TableName: table.tableName,
      Item: { ...webhookKey(webhook), ...webhook },
      ConditionExpression: 'attribute_not_exists(pk)',
    }),
  );
  return webhook;
};

/** Reads a webhook as it is now (strongly consistent); undefined if the caller has none of this id. */
export const getWebhook = async (table: WebhookTable, ref: WebhookRef): Promise<Webhook | undefined> => {
  const { Item } = await table.dynamoDb.send(
    new GetCommand({ TableName: table.tableName, Key: webhookKey(ref), ConsistentRead: true }),
  );
  return Item === undefined ? undefined : webhookOf(Item);
};

/** The webhooks of a caller as they are now, oldest first. */
export const listWebhooks = async (table: WebhookTable, caller: string): Promise<Webhook[]> => {
  const { Items = [] } = await table.dynamoDb.send(
    new QueryCommand({
      TableName: table.tableName,
      KeyConditionExpression: 'pk = :caller AND begins_with(sk, :webhook)',
      ExpressionAttributeValues: { ':caller': callerPartition(caller), ':webhook': 'webhook#' },
      ConsistentRead: true,
    }),
  );
  return Items.map(webhookOf);
};

/** Erases a webhook; what is on its way to it ends before its next try. */
export const deleteWebhook = async (table: WebhookTable, ref: WebhookRef): Promise<void> => {
  await table.dynamoDb.send(new DeleteCommand({ TableName: table.tableName, Key: webhookKey(ref) }));
};

/**
 * Gives a webhook a new secret; the one before it stays valid for a day.
 *
 * @returns the webhook with the new secret first, or undefined if it is gone
 */
export const rotateSecret = async (table: WebhookTable, ref: WebhookRef): Promise<Webhook | undefined> => {
  const secret = newSecret();
  for (;;) {
    const webhook = await getWebhook(table, ref);
    if (webhook === undefined) return undefined;
    const rotated = await update(table, ref, {
      expression: 'SET secrets = :secrets, revision = revision + :one, updatedAt = :now',
      condition: 'revision = :revision',
      values: {
        ':secrets': withNewSecret(webhook.secrets, secret, table.clock.now()),
        ':one': 1,
        ':revision': webhook.revision,
      },
    });
    if (rotated !== undefined) return rotated;
  }
};

/** Stops calling a webhook whose receiver is gone; undefined if it has been erased. */
export const disableWebhook = (table: WebhookTable, ref: WebhookRef): Promise<Webhook | undefined> =>
  update(table, ref, {
    expression: 'SET #state = :state, disabledReason = :reason, updatedAt = :now',
    condition: 'attribute_exists(pk)',
    names: { '#state': 'state' },
    values: { ':state': 'disabled', ':reason': 'gone' },
  });

/** Calls a webhook again; undefined if it has been erased. */
export const enableWebhook = (table: WebhookTable, ref: WebhookRef): Promise<Webhook | undefined> =>
  update(table, ref, {
    expression: 'SET #state = :state, updatedAt = :now REMOVE disabledReason',
    condition: 'attribute_exists(pk)',
    names: { '#state': 'state' },
    values: { ':state': 'enabled' },
  });

const update = async (
  table: WebhookTable,
  ref: WebhookRef,
  { values, ...change }: ConditionalUpdate,
): Promise<Webhook | undefined> => {
  const now = new Date(table.clock.now()).toISOString();
  const item = await conditionalUpdate(table, webhookKey(ref), { ...change, values: { ...values, ':now': now } });
  return item === undefined ? undefined : webhookOf(item);
};

const webhookOf = (item: Record<string, unknown>): Webhook => withoutKeys(item) as unknown as Webhook;
