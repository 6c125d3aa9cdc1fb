import { v7 } from 'uuid';
import * as z from 'zod';
import { once } from '#shared/once.ts';
import { createDelivery, recordAttempt } from '#shared/webhooks/delivery-store.ts';
import { buildDelivery } from '#shared/webhooks/message.ts';
import { testMessage } from '#shared/webhooks/webhook.ts';
import { claimTest } from '#shared/webhooks/webhook-store.ts';
import type { ApiContext } from '../context.ts';
import { audit } from '../http/audit.ts';
import { jsonResponse, ProblemError } from '../http/problem.ts';
import type { Route } from '../http/router.ts';
import { findWebhook } from './find.ts';
import { describeWebhookCall } from './view.ts';

const testAnswer = once(() => z.object({ deliveryId: z.uuid(), links: z.object({ webhook: z.url() }) }));

/** Sends a message of the type `webhook.test`, once; its outcome is among the webhook's deliveries. */
export const sendTestRoute = (context: Pick<ApiContext, 'webhooks' | 'log'>): Route => ({
  method: 'POST',
  path: '/webhooks/{webhookId}/test',
  describe: describeWebhookCall(
    'Send a test message, once',
    {
      202: {
        description: 'Being sent; its `deliveryId` is among the deliveries of the webhook',
        content: { 'application/json': testAnswer },
        headers: { location: 'The webhook' },
      },
    },
    [409, 429, 503],
  ),
  handle: async (request) => {
    const { log } = context;
    const { table, startDelivery } = context.webhooks;
    const webhook = await findWebhook(context, request);
    if (webhook.state === 'disabled') {
      throw new ProblemError(409, 'webhook_disabled', 'The webhook is disabled: enable it first.');
    }
    const { caller, webhookId } = webhook;
    if (!(await claimTest(table, webhook))) {
      throw new ProblemError(429, 'too_many_tests', 'A webhook can be tested once a second.', {
        headers: { 'retry-after': '1' },
      });
    }
    const at = new Date(request.startedAt).toISOString();
    const message = { type: testMessage, at, subject: v7(), data: { caller, webhookId } } as const;
    const delivery = buildDelivery(message, webhook);
    await createDelivery(table, delivery);
    const { deliveryId } = delivery;
    const ref = { caller, webhookId, at, deliveryId };
    try {
      await startDelivery({ delivery: ref }, deliveryId);
    } catch (error) {
      log.error('A test message could not be sent.', {
        webhookId,
        error: error instanceof Error ? error.name : 'unknown',
      });
      // Without an execution the delivery would stay pending.
      await recordAttempt(table, ref, { state: 'failed' });
      throw new ProblemError(503, 'service_unavailable', 'The message could not be sent just now: try again.', {
        headers: { 'retry-after': '5' },
      });
    }
    audit(log, request, 'webhook tested', { webhookId, deliveryId });
    const location = `${request.baseUrl}/webhooks/${webhookId}`;
    const body: z.output<ReturnType<typeof testAnswer>> = { deliveryId, links: { webhook: location } };
    return jsonResponse(202, body, { location });
  },
});
