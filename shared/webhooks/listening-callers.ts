import { condition } from '../aws/expressions.ts';
import type { Item } from '../aws/items.ts';
import { putItem, type Table, ttlAfter } from '../aws/table.ts';
import { hashCaller } from '../deployment/bucket.ts';
import { jobPartitions } from '../deployment/tables.ts';

/**
 * Which callers have no webhook, so that notify need not be started for their ends. Of a caller who is not noted, or noted with a webhook,
 * every end is brought to notify, which looks at the webhooks themselves. That there are none is noted only where nothing else is, and for
 * an hour: a webhook that came without a note, from an older version of api during a roll-out or with a table that was restored, is called after
 * that. That there may be some is noted before a webhook is made, and for good: whatever runs at once, a webhook whose making was answered is called.
 * An erasure leaves the note, as one that is made while it runs would be forgotten with it; it holds a hash and no name.
 */

/** Key of the item that says whether a caller has webhooks. */
export const listeningKey = (caller: string) => ({ pk: jobPartitions.webhookCallers, sk: hashCaller(caller) });

const believedSeconds = 3_600;

/** Notes that a caller may have webhooks from now on. */
export const noteWebhooks = async (table: Table, caller: string): Promise<void> => {
  await putItem(table, { ...listeningKey(caller), hasWebhooks: true });
};

/** Notes that a caller has no webhooks for the next hour, unless one may have been made since that was looked up. */
export const noteNoWebhooks = async (table: Table, caller: string): Promise<void> => {
  const none = { ...listeningKey(caller), hasWebhooks: false, expiresAt: ttlAfter(table, believedSeconds) };
  await putItem(table, none, condition`attribute_not_exists(#pk) OR #hasWebhooks = ${false}`);
};

/** Whether the item under {@link listeningKey}, if there is one, says that the caller certainly has no webhook. */
export const saysWithoutWebhooks = (note: Item | undefined): boolean => note?.['hasWebhooks'] === false;
