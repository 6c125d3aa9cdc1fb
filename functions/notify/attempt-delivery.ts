import { type DeliveryProgress, getDelivery, recordAttempt } from '#shared/webhooks/delivery-store.ts';
import { type Attempt, type Delivery, type DeliveryRef, testMessage } from '#shared/webhooks/webhook.ts';
import { disableWebhook, getWebhook } from '#shared/webhooks/webhook-store.ts';
import type { WebhookAnswer } from './call-webhook.ts';
import type { Parts } from './context.ts';
import { pauseBeforeNext } from './retry-schedule.ts';
import { signedHeaders } from './signed-headers.ts';

/** How a delivery ended; `gone` if its record is not there any more. */
export type DeliveryEnd = { state: Exclude<Delivery['state'], 'pending'> | 'gone' };

/** What a try led to. */
export type TryOutcome = DeliveryEnd | { state: 'pending'; waitSeconds: number };

const goneStatus = 410;

/**
 * Calls a webhook once and records what came of it. If a crash comes between call and record, the call is made again with the
 * same `webhook-id`: at least once is all that a call can promise.
 *
 * @param index number of the try, from 0
 */
export const attemptDelivery = async (parts: Parts, ref: DeliveryRef, index: number): Promise<TryOutcome> => {
  const { table } = parts;
  const delivery = await getDelivery(table, ref);
  if (delivery === undefined) return { state: 'gone' };
  if (delivery.state !== 'pending') return { state: delivery.state };
  // The try is on record; only the word that it was done got lost.
  if (delivery.attempts[index] !== undefined) return waitFor(parts, delivery.nextAttemptAt);
  const webhook = await getWebhook(table, ref);
  if (webhook?.state !== 'enabled') {
    const reason = webhook === undefined ? 'webhook_deleted' : 'webhook_disabled';
    await recordAttempt(table, ref, { state: 'failed', reason });
    return { state: 'failed' };
  }
  const startedAt = table.clock.now();
  const answer = await parts.callWebhook(webhook.url, signedHeaders(webhook, delivery, startedAt), delivery.body);
  // Before the record: a crash in between must not leave a webhook enabled whose receiver is gone.
  if (answer.status === goneStatus) await disableWebhook(table, ref);
  const progress = progressOf(parts, delivery, index, answer);
  await recordAttempt(table, ref, progress, { index, made: attemptOf(startedAt, answer) });
  const { webhookId, deliveryId } = ref;
  parts.log.info('webhook called', {
    webhookId,
    deliveryId,
    try: index + 1,
    status: answer.status,
    state: progress.state,
  });
  return progress.state === 'pending' ? waitFor(parts, progress.nextAttemptAt) : { state: progress.state };
};

const progressOf = (
  { table, random }: Parts,
  { type, createdAt }: Delivery,
  index: number,
  { status, retryAfterMs }: WebhookAnswer,
): DeliveryProgress => {
  if (status !== undefined && status >= 200 && status < 300) return { state: 'delivered' };
  // Whoever tries a webhook out looks at the answer and tries again.
  if (status === goneStatus || type === testMessage) return { state: 'failed' };
  const triedMs = table.clock.now() - Date.parse(createdAt);
  const pause = pauseBeforeNext({ index, triedMs, retryAfterMs }, random());
  if (pause === undefined) return { state: 'failed' };
  return { state: 'pending', nextAttemptAt: new Date(table.clock.now() + pause * 1000).toISOString() };
};

const attemptOf = (startedAt: number, { durationMs, status, excerpt, error }: WebhookAnswer): Attempt => ({
  at: new Date(startedAt).toISOString(),
  durationMs,
  status,
  answer: excerpt,
  error,
});

const waitFor = ({ table }: Parts, nextAttemptAt: string | undefined): TryOutcome => {
  const waitMs = Date.parse(nextAttemptAt ?? '') - table.clock.now();
  return { state: 'pending', waitSeconds: Math.max(1, Math.ceil(waitMs / 1000) || 1) };
};
