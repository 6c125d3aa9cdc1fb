import { randomBytes } from 'node:crypto';
import { v7 } from 'uuid';
import { allOf, type Condition, condition, type Update } from '../aws/expressions.ts';
import { createItemParser, parseEach } from '../aws/items.ts';
import { getItem, putNew, queryPages, removeItem, type Table, updateItem } from '../aws/table.ts';
import { webhookPartitions } from '../deployment/tables.ts';
import { type Webhook, type WebhookRef, type WebhookSecret, webhookSchema } from './webhook.ts';

/** Most webhooks of one caller. */
export const maxWebhooks = 10;

// Standard Webhooks: between 24 and 64 bytes.
const secretBytes = 32;
/** How long calls are still signed with a secret after a newer one was made, in ms. */
export const secretOverlapMs = 24 * 3_600_000;
// Each is one more signature in a header; a rotation that is repeated, as its answer was lost, must not end a secret in use.
const maxSecrets = 3;

const parseWebhook = createItemParser(webhookSchema);

/**
 * A webhook lies in one of its caller's places, which the last digit of its id names: what limits the number of webhooks is
 * that there are no more keys, so that no count can be wrong, whatever runs at once or crashes.
 */
const webhookKey = ({ caller, webhookId }: WebhookRef) => ({
  pk: webhookPartitions.caller(caller),
  sk: `webhook#${webhookId.slice(-1)}`,
});

/** The place holds this webhook, and not another one that came after it. */
const isStill = ({ webhookId }: WebhookRef) => condition`#webhookId = ${webhookId}`;

const places = [...Array(maxWebhooks).keys()];

/**
 * Writes a new webhook, with a secret of its own.
 *
 * @param limit how many the caller may have, where that is less than {@link maxWebhooks}
 * @returns undefined if the caller has that many webhooks
 */
export const createWebhook = async (
  table: Table,
  wanted: Pick<Webhook, 'caller' | 'url' | 'events' | 'description'>,
  limit = maxWebhooks,
): Promise<Webhook | undefined> => {
  const taken = new Set((await listWebhooks(table, wanted.caller)).map(({ webhookId }) => webhookId.slice(-1)));
  // Webhooks in places beyond the limit were made before it: they count, so that fewer of the others are free.
  const beyond = places.slice(limit).filter((place) => taken.has(String(place))).length;
  for (const place of places.slice(0, Math.max(0, limit - beyond)).map(String)) {
    if (taken.has(place)) continue;
    const webhook = buildWebhook(table, `${v7().slice(0, -1)}${place}`, wanted);
    if ((await putNew(table, { ...webhookKey(webhook), ...webhook })).created) return webhook;
  }
  return undefined;
};

const buildWebhook = (
  table: Table,
  webhookId: string,
  { caller, url, events, description }: Pick<Webhook, 'caller' | 'url' | 'events' | 'description'>,
): Webhook => {
  const now = new Date(table.clock.now()).toISOString();
  return {
    webhookId,
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
};

/**
 * Reads a webhook as it is now (strongly consistent); undefined if the caller has none of this id.
 *
 * @throws {UnreadableItemError} if the item is not a whole webhook
 */
export const getWebhook = async (table: Table, ref: WebhookRef): Promise<Webhook | undefined> => {
  const item = await getItem(table, webhookKey(ref));
  return item?.['webhookId'] === ref.webhookId ? parseWebhook(item) : undefined;
};

/** The webhooks of a caller as they are now, oldest first. */
export const listWebhooks = async (table: Table, caller: string): Promise<Webhook[]> => {
  const where = condition`#pk = ${webhookPartitions.caller(caller)} AND begins_with(#sk, ${'webhook#'})`;
  const webhooks: Webhook[] = [];
  for await (const { Items = [] } of queryPages(table, { where, consistent: true })) {
    webhooks.push(...parseEach(table, Items, parseWebhook).parsed);
  }
  // Their ids begin with the time at which they were made.
  return webhooks.sort((a, b) => (a.webhookId < b.webhookId ? -1 : 1));
};

/** Erases a webhook; deliveries to it end before their next attempt. */
export const deleteWebhook = async (table: Table, ref: WebhookRef): Promise<void> => {
  await removeItem(table, webhookKey(ref), isStill(ref));
};

/**
 * Gives a webhook a new secret; the one before it stays valid for a day.
 *
 * @returns the webhook with the new secret first, or undefined if it is gone
 */
export const rotateSecret = async (table: Table, ref: WebhookRef): Promise<Webhook | undefined> => {
  const secret = newSecret();
  for (;;) {
    const webhook = await getWebhook(table, ref);
    if (webhook === undefined) return undefined;
    const rotated = await update(table, ref, {
      set: { secrets: addSecret(webhook.secrets, secret, table.clock.now()) },
      add: { revision: 1 },
      when: condition`#revision = ${webhook.revision}`,
    });
    if (rotated !== undefined) return rotated;
  }
};

const testIntervalMs = 1_000;

/**
 * Claims the right to send a test message, which each webhook has once a second: it is a call to an address of the caller's
 * choice.
 *
 * @returns false if the last one was sent less than a second ago
 */
export const claimTest = async (table: Table, ref: WebhookRef): Promise<boolean> => {
  const now = table.clock.now();
  const claimed = await updateItem(table, webhookKey(ref), {
    set: { testedAt: now },
    when: condition`${isStill(ref)} AND ${condition`attribute_not_exists(#testedAt) OR #testedAt <= ${now - testIntervalMs}`}`,
  });
  return claimed !== undefined;
};

/** Gives a webhook another address, events and description; undefined if it has been erased. Secrets and state stay. */
export const changeWebhook = (
  table: Table,
  ref: WebhookRef,
  { url, events, description }: Pick<Webhook, 'url' | 'events' | 'description'>,
): Promise<Webhook | undefined> => update(table, ref, { set: { url, events, description } });

/** Stops calling a webhook whose receiver is gone; undefined if it has been erased, or has another address by now. */
export const disableWebhook = (
  table: Table,
  { url, ...ref }: WebhookRef & Pick<Webhook, 'url'>,
): Promise<Webhook | undefined> =>
  update(table, ref, { set: { state: 'disabled', disabledReason: 'gone' }, when: condition`#url = ${url}` });

/** Calls a webhook again; undefined if it has been erased. */
export const enableWebhook = (table: Table, ref: WebhookRef): Promise<Webhook | undefined> =>
  update(table, ref, { set: { state: 'enabled' }, remove: ['disabledReason'] });

const update = async (
  table: Table,
  ref: WebhookRef,
  { set, when, ...change }: Update & { when?: Condition },
): Promise<Webhook | undefined> => {
  const updatedAt = new Date(table.clock.now()).toISOString();
  const item = await updateItem(table, webhookKey(ref), {
    ...change,
    set: { ...set, updatedAt },
    when: allOf(isStill(ref), when),
  });
  return item && parseWebhook(item);
};

/** A new secret as Standard Webhooks writes it. */
export const newSecret = (): string => `whsec_${randomBytes(secretBytes).toString('base64')}`;

/** The secrets with a new one before them: the earlier ones are valid for a day from when they were replaced. */
export const addSecret = (secrets: readonly WebhookSecret[], secret: string, nowMs: number): WebhookSecret[] => {
  const validUntil = new Date(nowMs + secretOverlapMs).toISOString();
  const earlier = validSecrets(secrets, nowMs).map((old) => ({ validUntil, ...old }));
  return [{ secret }, ...earlier].slice(0, maxSecrets);
};

/** The secrets that a call is signed with at a time (epoch ms), newest first. */
export const validSecrets = (secrets: readonly WebhookSecret[], nowMs: number): WebhookSecret[] =>
  secrets.filter(({ validUntil }) => validUntil === undefined || Date.parse(validUntil) > nowMs);
