import { deleteWebhook, enableWebhook, rotateSecret } from '#shared/webhooks/webhook-store.ts';
import type { ApiContext } from '../context.ts';
import { emptyResponse, jsonResponse } from '../http/response.ts';
import type { Route } from '../http/router.ts';
import { findWebhook, readWebhookRef, requireWebhook } from './find.ts';
import { describeWebhookCall, viewNewSecret, viewWebhook, webhookSchema, webhookWithSecret } from './view.ts';

type ChangeContext = Pick<ApiContext, 'webhooks'>;

/** Deletes a webhook; deliveries under way are not retried. */
export const deleteRoute = (context: ChangeContext): Route => ({
  method: 'DELETE',
  path: '/webhooks/{webhookId}',
  describe: describeWebhookCall('Delete a webhook', { 204: { description: 'Deleted' } }),
  handle: async (request) => {
    await deleteWebhook(context.webhooks.table, await findWebhook(context, request));
    return emptyResponse(204);
  },
});

/** Makes a new secret; for a day calls are signed with the earlier one as well, so that receivers can change over. */
export const rotateSecretRoute = ({ webhooks }: ChangeContext): Route => ({
  method: 'POST',
  path: '/webhooks/{webhookId}/rotate-secret',
  describe: describeWebhookCall('A new secret; the earlier one stays valid for a day', {
    200: { description: 'The webhook, with its new secret', content: { 'application/json': webhookWithSecret } },
  }),
  handle: async (request) => {
    const webhook = requireWebhook(await rotateSecret(webhooks.table, readWebhookRef(request)));
    return jsonResponse(200, viewNewSecret(webhook, request));
  },
});

/** Enables a webhook again that was disabled because its receiver had answered 410. */
export const enableRoute = ({ webhooks }: ChangeContext): Route => ({
  method: 'POST',
  path: '/webhooks/{webhookId}/enable',
  describe: describeWebhookCall('Enable a webhook again after its receiver was gone', {
    200: { description: 'The webhook', content: { 'application/json': webhookSchema } },
  }),
  handle: async (request) => {
    const webhook = requireWebhook(await enableWebhook(webhooks.table, readWebhookRef(request)));
    return jsonResponse(200, viewWebhook(webhook, request));
  },
});
