import { deleteWebhook, enableWebhook, rotateSecret } from '#shared/webhooks/webhook-store.ts';
import type { Gateway } from '../context.ts';
import { emptyResponse, jsonResponse } from '../http/response.ts';
import type { Route } from '../http/router.ts';
import { findWebhook, requireWebhook, webhookRef } from './find.ts';
import { onWebhook, webhookSchema, webhookWithSecret } from './view.ts';
import { webhookView, webhookViewWithSecret } from './webhook-answers.ts';

type Parts = Pick<Gateway, 'webhooks'>;

/** Ends a webhook; what is on its way to it is not tried again. */
export const webhookDelete = (gateway: Parts): Route => ({
  method: 'DELETE',
  path: '/webhooks/{webhookId}',
  describe: onWebhook('No more calls', { 204: { description: 'Deleted' } }),
  handle: async (request) => {
    await deleteWebhook(gateway.webhooks.table, await findWebhook(gateway, request));
    return emptyResponse(204);
  },
});

/** Makes a new secret; for a day calls are signed with the earlier one as well, so that receivers can change over. */
export const webhookRotateSecret = ({ webhooks }: Parts): Route => ({
  method: 'POST',
  path: '/webhooks/{webhookId}/rotate-secret',
  describe: onWebhook('A new secret; the earlier one stays valid for a day', {
    200: { description: 'The webhook, with its new secret', content: { 'application/json': webhookWithSecret } },
  }),
  handle: async (request) => {
    const webhook = requireWebhook(await rotateSecret(webhooks.table, webhookRef(request)));
    return jsonResponse(200, webhookViewWithSecret(webhook, request));
  },
});

/** Calls a webhook again that was disabled, as its receiver had answered 410. */
export const webhookEnable = ({ webhooks }: Parts): Route => ({
  method: 'POST',
  path: '/webhooks/{webhookId}/enable',
  describe: onWebhook('Call it again after its receiver was gone', {
    200: { description: 'The webhook', content: { 'application/json': webhookSchema } },
  }),
  handle: async (request) => {
    const webhook = requireWebhook(await enableWebhook(webhooks.table, webhookRef(request)));
    return jsonResponse(200, webhookView(webhook, request));
  },
});
