import type { DurableContext } from '@aws/durable-execution-sdk-js';
import type { DeliveryRef } from '#shared/webhooks/webhook.ts';
import { attemptDelivery, type DeliveryEnd } from './attempt.ts';
import { retryOwnFailures } from './backoff.ts';
import type { NotifyContext } from './context.ts';

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
