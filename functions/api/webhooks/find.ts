import type { Webhook } from '#shared/webhooks/webhook.ts';
import { getWebhook } from '#shared/webhooks/webhook-store.ts';
import type { ApiContext } from '../context.ts';
import { ProblemError } from '../http/problem.ts';
import { type ApiRequest, readId } from '../http/request.ts';

/**
 * The webhook that the path names.
 *
 * @throws {ProblemError} 404 if it does not exist or belongs to another caller: the answer must not tell which
 */
export const findWebhook = async ({ webhooks }: Pick<ApiContext, 'webhooks'>, request: ApiRequest): Promise<Webhook> =>
  requireWebhook(await getWebhook(webhooks.table, readWebhookRef(request)));

/**
 * The webhook that the path names, whether it exists or not.
 *
 * @throws {ProblemError} 404 if the path names no id
 */
export const readWebhookRef = (request: ApiRequest) => {
  const caller = request.caller();
  const webhookId = readId(request, 'webhookId');
  if (webhookId === undefined) throw unknownWebhook();
  return { caller, webhookId };
};

/**
 * @returns the webhook
 * @throws {ProblemError} 404 if there is none
 */
export const requireWebhook = (webhook: Webhook | undefined): Webhook => {
  if (webhook !== undefined) return webhook;
  throw unknownWebhook();
};

const unknownWebhook = () => new ProblemError(404, 'unknown_webhook_id', 'There is no such webhook.');
