import type { DurableContext } from '@aws/durable-execution-sdk-js';
import { type DeliveryProgress, getDelivery, recordAttempt } from '#shared/webhooks/delivery-store.ts';
import { type Attempt, type Delivery, type DeliveryRef, testMessage } from '#shared/webhooks/webhook.ts';
import { disableWebhook, getWebhook } from '#shared/webhooks/webhook-store.ts';
import { backoffSeconds, retryOwnFailures } from './backoff.ts';
import { signHeaders, type WebhookAnswer } from './call-webhook.ts';
import type { NotifyContext } from './context.ts';

/** How a delivery ended; `gone` if its record is not there any more. */
export type DeliveryEnd = { state: Exclude<Delivery['state'], 'pending'> | 'gone' };

/** What an attempt led to. */
type AttemptOutcome = DeliveryEnd | { state: 'pending'; waitSeconds: number };

/** Delivers a message to a webhook, attempt by attempt, until one succeeds or a day has passed. Waiting costs nothing. */
export const deliver = async (
  durable: DurableContext,
  ref: DeliveryRef,
  context: NotifyContext,
): Promise<DeliveryEnd> => {
  for (let index = 0; ; index += 1) {
    const attempt = () => attemptDelivery(context, ref, index);
    const outcome = await durable.step(`attempt ${index + 1}`, attempt, retryOwnFailures);
    if (outcome.state !== 'pending') return { state: outcome.state };
    await durable.wait(`backoff ${index + 1}`, { seconds: outcome.waitSeconds });
  }
};

const goneStatus = 410;

/**
 * Calls a webhook once and records the result. If a crash comes between call and record, the call is made again with the
 * same `webhook-id`: at least once is all that a call can promise.
 *
 * @param index number of the attempt, from 0
 */
const attemptDelivery = async (context: NotifyContext, ref: DeliveryRef, index: number): Promise<AttemptOutcome> => {
  const { table, log } = context;
  const delivery = await getDelivery(table, ref);
  if (delivery === undefined) return { state: 'gone' };
  if (delivery.state !== 'pending') return { state: delivery.state };
  // The attempt is on record; only the answer to that write was lost.
  if (delivery.attempts[index] !== undefined) return waitFor(context, delivery.nextAttemptAt);
  const webhook = await getWebhook(table, ref);
  if (webhook?.state !== 'enabled') {
    const reason = webhook === undefined ? 'webhook_deleted' : 'webhook_disabled';
    await recordAttempt(table, ref, { state: 'failed', reason });
    return { state: 'failed' };
  }
  const startedAt = table.clock.now();
  const answer = await context.callWebhook(webhook.url, signHeaders(webhook, delivery, startedAt), delivery.body);
  // Before the record: a crash in between must not leave a webhook enabled whose receiver is gone.
  const isGone = answer.status === goneStatus && (await disableWebhook(table, webhook)) !== undefined;
  const progress = isGone ? ({ state: 'failed' } as const) : planNext(context, delivery, index, answer);
  await recordAttempt(table, ref, progress, { index, made: buildAttempt(startedAt, answer) });
  const { webhookId, deliveryId } = ref;
  log.info('webhook called', {
    webhookId,
    deliveryId,
    attempt: index + 1,
    status: answer.status,
    state: progress.state,
  });
  return progress.state === 'pending' ? waitFor(context, progress.nextAttemptAt) : { state: progress.state };
};

const planNext = (
  { table, random }: NotifyContext,
  { type, createdAt }: Delivery,
  index: number,
  { status, retryAfterMs }: WebhookAnswer,
): DeliveryProgress => {
  if (status !== undefined && status >= 200 && status < 300) return { state: 'delivered' };
  // The owner who tries a webhook out looks at the answer and tries again.
  if (type === testMessage) return { state: 'failed' };
  const elapsedMs = table.clock.now() - Date.parse(createdAt);
  const delay = backoffSeconds({ index, elapsedMs, retryAfterMs }, random());
  if (delay === undefined) return { state: 'failed' };
  return { state: 'pending', nextAttemptAt: new Date(table.clock.now() + delay * 1000).toISOString() };
};

const buildAttempt = (startedAt: number, { durationMs, status, excerpt, error }: WebhookAnswer): Attempt => ({
  at: new Date(startedAt).toISOString(),
  durationMs,
  status,
  answer: excerpt,
  error,
});

const waitFor = ({ table }: NotifyContext, nextAttemptAt: string | undefined): AttemptOutcome => {
  const waitMs = Date.parse(nextAttemptAt ?? '') - table.clock.now();
  return { state: 'pending', waitSeconds: Math.max(1, Math.ceil(waitMs / 1000) || 1) };
};
