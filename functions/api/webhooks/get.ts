import * as z from 'zod';
import { latestDeliveries } from '#shared/webhooks/delivery-store.ts';
import { listWebhooks } from '#shared/webhooks/webhook-store.ts';
import type { Gateway } from '../context.ts';
import { jsonResponse } from '../http/response.ts';
import type { Route } from '../http/router.ts';
import { findWebhook } from './find.ts';
import { onWebhook, webhookSchema, webhookWithDeliveries } from './view.ts';
import { deliveryView, webhookView } from './webhook-answers.ts';

const deliveriesShown = 20;

/** The caller's webhooks, oldest first. */
export const webhooksList = ({ webhooks }: Pick<Gateway, 'webhooks'>): Route => ({
  method: 'GET',
  path: '/webhooks',
  describe: {
    tag: 'Webhooks',
    summary: 'Your webhooks',
    answers: {
      200: {
        description: 'All of them',
        content: { 'application/json': z.object({ webhooks: z.array(webhookSchema) }) },
      },
    },
  },
  handle: async (request) => {
    const found = await listWebhooks(webhooks.table, request.caller());
    return jsonResponse(200, { webhooks: found.map((webhook) => webhookView(webhook, request)) });
  },
});

/** One webhook, with what was sent to it and what it answered. */
export const webhookShow = (gateway: Pick<Gateway, 'webhooks'>): Route => ({
  method: 'GET',
  path: '/webhooks/{webhookId}',
  describe: onWebhook('A webhook, its latest deliveries and their answers', {
    200: { description: 'The webhook', content: { 'application/json': webhookWithDeliveries } },
  }),
  handle: async (request) => {
    const webhook = await findWebhook(gateway, request);
    const deliveries = await latestDeliveries(gateway.webhooks.table, webhook.webhookId, deliveriesShown);
    return jsonResponse(200, { ...webhookView(webhook, request), deliveries: deliveries.map(deliveryView) });
  },
});
