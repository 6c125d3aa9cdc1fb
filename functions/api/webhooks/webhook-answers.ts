import type { Delivery, Webhook } from '#shared/webhooks/webhook.ts';
import { validSecrets } from '#shared/webhooks/webhook-secret.ts';
import type { ApiRequest } from '../http/request.ts';

/**
 * What the API shows of a webhook: never a secret.
 *
 * @param request the request that is answered
 */
export const webhookView = (webhook: Webhook, { baseUrl, startedAt }: ApiRequest): Record<string, unknown> => {
  const { webhookId, url, events, description, state, disabledReason, secrets, createdAt, updatedAt } = webhook;
  const self = `${baseUrl}/webhooks/${webhookId}`;
  return {
    webhookId,
    url,
    events,
    description,
    status: state,
    disabledReason,
    // They end in the order in which they were replaced.
    previousSecretsUntil: validSecrets(secrets, startedAt).find(({ validUntil }) => validUntil !== undefined)
      ?.validUntil,
    createdAt,
    updatedAt,
    links: { self, test: `${self}/test`, rotateSecret: `${self}/rotate-secret`, enable: `${self}/enable` },
  };
};

/** The same with the newest secret, for the one answer that shows it. */
export const webhookViewWithSecret = (webhook: Webhook, request: ApiRequest): Record<string, unknown> => ({
  ...webhookView(webhook, request),
  secret: webhook.secrets[0]?.secret,
});

/** What the API shows of a delivery. */
export const deliveryView = (delivery: Delivery): Record<string, unknown> => {
  const { deliveryId, messageId, type, state, reason, at, attempts, nextAttemptAt, finishedAt } = delivery;
  return { deliveryId, messageId, type, status: state, reason, eventAt: at, attempts, nextAttemptAt, finishedAt };
};
