import type { DurableContext } from '@aws/durable-execution-sdk-js';
import type { DeliveryRef } from '#shared/webhooks/webhook.ts';
import { attemptDelivery, type DeliveryEnd } from './attempt-delivery.ts';
import type { Parts } from './context.ts';
import { retryOwnFailures } from './retry-own-failures.ts';

/** A message on its way to a webhook, try by try, until one succeeds or a day has passed. Waiting costs nothing. */
export const followDelivery = async (context: DurableContext, ref: DeliveryRef, parts: Parts): Promise<DeliveryEnd> => {
  for (let index = 0; ; index += 1) {
    const outcome = await context.step(`try ${index + 1}`, () => attemptDelivery(parts, ref, index), retryOwnFailures);
    if (outcome.state !== 'pending') return { state: outcome.state };
    await context.wait(`pause ${index + 1}`, { seconds: outcome.waitSeconds });
  }
};
