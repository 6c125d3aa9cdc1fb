import * as z from 'zod';
import { webhookEventTypes } from '#shared/webhooks/webhook.ts';
import { createWebhook, listWebhooks, maxWebhooks } from '#shared/webhooks/webhook-store.ts';
import { findUrlProblem } from '#shared/webhooks/webhook-url.ts';
import type { ApiContext } from '../context.ts';
import { invalidBody, readBodyAs, unicode } from '../http/json-body.ts';
import { ProblemError } from '../http/problem.ts';
import type { ApiRequest } from '../http/request.ts';
import { jsonResponse } from '../http/response.ts';
import type { Route } from '../http/router.ts';
import { viewNewSecret, webhookWithSecret } from './view.ts';

const maxBodyBytes = 8 * 1024;
const maxDescriptionLength = 200;

const events = z
  .array(z.enum(webhookEventTypes))
  .min(1)
  .max(webhookEventTypes.length)
  .transform((types) => [...new Set(types)]);

// What a new webhook is made of.
const webhookRequest = z.strictObject({
  url: unicode(z.string().min(1)).meta({ description: 'https, on a public address' }),
  events: events.default([...webhookEventTypes]),
  description: unicode(z.string().max(maxDescriptionLength)).optional(),
});

/** Registers an address that the gateway calls when the caller's jobs and batches end. */
export const createRoute = ({ webhooks }: Pick<ApiContext, 'webhooks'>): Route => ({
  method: 'POST',
  path: '/webhooks',
  describe: {
    tag: 'Webhooks',
    summary: 'Be called when your jobs and batches end',
    description:
      'Calls are signed as Standard Webhooks has it, carry the same `webhook-id` at every attempt, and are retried for 24 hours.',
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
    const wanted = readRequest(request, webhooks.allowsLoopback);
    if ((await listWebhooks(webhooks.table, caller)).length >= maxWebhooks) {
      throw new ProblemError(409, 'too_many_webhooks', `There can be ${maxWebhooks} webhooks; delete one first.`);
    }
    const webhook = await createWebhook(webhooks.table, { caller, ...wanted });
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
