import * as z from 'zod';
import { latestDeliveries } from '#shared/webhooks/delivery-store.ts';
import { listWebhooks } from '#shared/webhooks/webhook-store.ts';
import type { ApiContext } from '../context.ts';
import { jsonResponse } from '../http/response.ts';
import type { Route } from '../http/router.ts';
import { findWebhook } from './find.ts';
import { describeWebhookCall, viewDelivery, viewWebhook, webhookSchema, webhookWithDeliveries } from './view.ts';

const maxDeliveries = 20;

const webhookList = z.object({ webhooks: z.array(webhookSchema) });

/** The caller's webhooks, oldest first. */
export const listRoute = ({ webhooks }: Pick<ApiContext, 'webhooks'>): Route => ({
  method: 'GET',
  path: '/webhooks',
  describe: {
    tag: 'Webhooks',
    summary: 'Your webhooks',
    answers: {
      200: {
        description: 'All of them',
        content: { 'application/json': webhookList },
      },
    },
  },
  handle: async (request) => {
    const found = await listWebhooks(webhooks.table, request.caller());
    const list: z.output<typeof webhookList> = { webhooks: found.map((webhook) => viewWebhook(webhook, request)) };
    return jsonResponse(200, list);
  },
});

/** One webhook, with what was sent to it and what it answered. */
export const getRoute = (context: Pick<ApiContext, 'webhooks'>): Route => ({
  method: 'GET',
  path: '/webhooks/{webhookId}',
  describe: describeWebhookCall('A webhook, its latest deliveries and their answers', {
    200: { description: 'The webhook', content: { 'application/json': webhookWithDeliveries } },
  }),
  handle: async (request) => {
    const webhook = await findWebhook(context, request);
    const deliveries = await latestDeliveries(context.webhooks.table, webhook.webhookId, maxDeliveries);
    const view: z.output<typeof webhookWithDeliveries> = {
      ...viewWebhook(webhook, request),
      deliveries: deliveries.map(viewDelivery),
    };
    return jsonResponse(200, view);
  },
});
