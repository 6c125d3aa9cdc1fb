import { condition } from '#shared/aws/expressions.ts';
import type { Item } from '#shared/aws/items.ts';
import { queryPages } from '#shared/aws/table.ts';
import { removeItems } from '#shared/aws/write-items.ts';
import { webhookPartitions } from '#shared/deployment/tables.ts';
import type { InboxContext } from '../context.ts';

type WebhooksContext = Pick<InboxContext, 'webhookTable'>;

/** Erases the webhooks of a caller, and first of all what was sent to them: its key follows from the id of a webhook. */
export const eraseWebhooksOf = async (inbox: WebhooksContext, caller: string): Promise<void> => {
  for await (const webhooks of readKeys(inbox, webhookPartitions.caller(caller))) {
    for (const { webhookId } of webhooks) if (webhookId !== undefined) await eraseDeliveries(inbox, String(webhookId));
    await removeItems(inbox.webhookTable, webhooks);
  }
};

/** Erases what was sent to a webhook; what is on its way ends before the next attempt. */
export const eraseDeliveries = async (inbox: WebhooksContext, webhookId: string): Promise<void> => {
  for await (const deliveries of readKeys(inbox, webhookPartitions.webhook(webhookId))) {
    await removeItems(inbox.webhookTable, deliveries);
  }
};

/** Keys only: the role of the function may not read the secrets beside them. */
async function* readKeys({ webhookTable }: WebhooksContext, partition: string): AsyncGenerator<Item[]> {
  const where = condition`#pk = ${partition}`;
  const pages = queryPages(webhookTable, { where, attributes: ['pk', 'sk', 'webhookId'], consistent: true });
  for await (const { Items = [] } of pages) yield Items;
}
