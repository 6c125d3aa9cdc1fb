import * as z from 'zod';
import { requestErasure } from '#shared/erasing/erasure.ts';
import { once } from '#shared/once.ts';
import { latestDeliveries } from '#shared/webhooks/delivery-store.ts';
import { noteWebhooks } from '#shared/webhooks/listening-callers.ts';
import { defaultEventTypes, webhookEventTypes } from '#shared/webhooks/webhook.ts';
import {
  changeWebhook,
  createWebhook,
  deleteWebhook,
  enableWebhook,
  listWebhooks,
  maxWebhooks,
  rotateSecret,
} from '#shared/webhooks/webhook-store.ts';
import { findUrlProblem } from '#shared/webhooks/webhook-url.ts';
import type { ApiContext } from '../context.ts';
import { auditChange } from '../http/audit.ts';
import { invalidBody, readBodyAs, unicode } from '../http/json-body.ts';
import { emptyResponse, jsonResponse, ProblemError } from '../http/problem.ts';
import type { ApiRequest } from '../http/request.ts';
import type { Route } from '../http/router.ts';
import { findWebhook, readWebhookRef, requireWebhook } from './find.ts';
import { sendTestRoute } from './send-test.ts';
import {
  describeWebhookCall,
  viewDelivery,
  viewNewSecret,
  viewWebhook,
  webhookSchema,
  webhookWithDeliveries,
  webhookWithSecret,
} from './view.ts';

/** Everything about webhooks. */
export const webhookRoutes = (context: ChangeContext): Route[] => [
  createRoute(context),
  listRoute(context),
  getRoute(context),
  changeRoute(context),
  deleteRoute(context),
  sendTestRoute(context),
  rotateSecretRoute(context),
  enableRoute(context),
];

type ChangeContext = Pick<ApiContext, 'readPolicy' | 'table' | 'webhooks' | 'audit' | 'log'>;

const maxBodyBytes = 8 * 1024;
const maxDescriptionLength = 200;

const events = once(() =>
  z
    .array(z.enum(webhookEventTypes))
    .min(1)
    .max(webhookEventTypes.length)
    .transform((types) => [...new Set(types)]),
);

// What a new webhook is made of.
const webhookRequest = once(() =>
  z.strictObject({
    url: unicode(z.string().min(1)).meta({ description: 'https, on a public address, port 443 or 8443' }),
    events: events().default([...defaultEventTypes]),
    description: unicode(z.string().max(maxDescriptionLength)).optional(),
  }),
);

/** Registers an address that the gateway calls when the caller's jobs and batches end. */
export const createRoute = (context: ChangeContext): Route => ({
  method: 'POST',
  path: '/webhooks',
  describe: {
    tag: 'Webhooks',
    summary: 'Be called when your jobs and batches end',
    description:
      'Calls are signed as Standard Webhooks has it, carry the same `webhook-id` at every attempt, and are retried for 24 hours. Without `events` they tell the ends of jobs and batches; `budget.threshold_reached` tells that 80 or 100 percent of your budget are used.',
    body: { 'application/json': webhookRequest },
    answers: {
      201: {
        description: 'The webhook, with its secret',
        content: { 'application/json': webhookWithSecret },
        headers: { location: 'The webhook' },
      },
    },
    errors: [409, 413, 415, 422],
  },
  handle: async (request) => {
    const caller = request.caller();
    const wanted = readRequest(request, context.webhooks.allowsLoopback);
    const { webhooks: limit = maxWebhooks } = await context.readPolicy(caller);
    await noteWebhooks(context.table, caller);
    const webhook = await createWebhook(context.webhooks.table, { caller, ...wanted }, limit);
    if (webhook === undefined) {
      const message = `There can be ${Math.min(maxWebhooks, limit)} webhooks; delete one first.`;
      throw new ProblemError(409, 'too_many_webhooks', message, { extensions: { rule: 'webhooks' } });
    }
    await auditChange(context, request, 'webhook made', { webhookId: webhook.webhookId });
    const view = viewNewSecret(webhook, request);
    return jsonResponse(201, view, { location: `${request.baseUrl}/webhooks/${webhook.webhookId}` });
  },
});

const readRequest = (request: ApiRequest, allowsLoopback: boolean) => {
  const wanted = readBodyAs(webhookRequest, request.body, maxBodyBytes);
  const problem = findUrlProblem(wanted.url, { allowsLoopback });
  if (problem !== undefined) throw invalidBody([{ loc: ['body', 'url'], msg: problem, type: 'value_error' }]);
  return wanted;
};

const maxDeliveries = 20;

const webhookList = once(() => z.object({ webhooks: z.array(webhookSchema()) }));

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
    const list: z.output<ReturnType<typeof webhookList>> = {
      webhooks: found.map((webhook) => viewWebhook(webhook, request)),
    };
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
    const view: z.output<ReturnType<typeof webhookWithDeliveries>> = {
      ...viewWebhook(webhook, request),
      deliveries: deliveries.map(viewDelivery),
    };
    return jsonResponse(200, view);
  },
});

/** Changes a webhook; deliveries under way go to the new address from their next attempt on. */
export const changeRoute = (context: ChangeContext): Route => ({
  method: 'PUT',
  path: '/webhooks/{webhookId}',
  describe: {
    ...describeWebhookCall(
      'Change a webhook',
      {
        200: { description: 'The webhook', content: { 'application/json': webhookSchema } },
      },
      [413, 415, 422],
    ),
    description:
      'All that it is made of is replaced, with the defaults of a new one. Its secrets stay, and so does whether it is enabled.',
    body: { 'application/json': webhookRequest },
  },
  handle: async (request) => {
    const found = await findWebhook(context, request);
    const wanted = readRequest(request, context.webhooks.allowsLoopback);
    const webhook = requireWebhook(await changeWebhook(context.webhooks.table, found, wanted));
    await auditChange(context, request, 'webhook changed', { webhookId: webhook.webhookId });
    return jsonResponse(200, viewWebhook(webhook, request));
  },
});

/** Deletes a webhook; deliveries under way are not retried, and what is kept of them is erased within minutes. */
export const deleteRoute = (context: ChangeContext): Route => ({
  method: 'DELETE',
  path: '/webhooks/{webhookId}',
  describe: describeWebhookCall('Delete a webhook', { 204: { description: 'Deleted' } }),
  handle: async (request) => {
    const webhook = await findWebhook(context, request);
    // First: what was sent to it cannot be found without its id.
    await requestErasure(context.table, 'webhook', webhook.webhookId);
    await deleteWebhook(context.webhooks.table, webhook);
    await auditChange(context, request, 'webhook deleted', { webhookId: webhook.webhookId });
    return emptyResponse(204);
  },
});

/** Makes a new secret; for a day calls are signed with the earlier one as well, so that receivers can change over. */
export const rotateSecretRoute = (context: ChangeContext): Route => ({
  method: 'POST',
  path: '/webhooks/{webhookId}/rotate-secret',
  describe: describeWebhookCall('A new secret; the earlier one stays valid for a day', {
    200: { description: 'The webhook, with its new secret', content: { 'application/json': webhookWithSecret } },
  }),
  handle: async (request) => {
    const webhook = requireWebhook(await rotateSecret(context.webhooks.table, readWebhookRef(request)));
    await auditChange(context, request, 'webhook secret rotated', { webhookId: webhook.webhookId });
    return jsonResponse(200, viewNewSecret(webhook, request));
  },
});

/** Enables a webhook again that was disabled because its receiver had answered 410. */
export const enableRoute = (context: ChangeContext): Route => ({
  method: 'POST',
  path: '/webhooks/{webhookId}/enable',
  describe: describeWebhookCall('Enable a webhook again after its receiver was gone', {
    200: { description: 'The webhook', content: { 'application/json': webhookSchema } },
  }),
  handle: async (request) => {
    const webhook = requireWebhook(await enableWebhook(context.webhooks.table, readWebhookRef(request)));
    await auditChange(context, request, 'webhook enabled', { webhookId: webhook.webhookId });
    return jsonResponse(200, viewWebhook(webhook, request));
  },
});
