import { Webhook as Signer } from 'standardwebhooks';
import type { Delivery, Webhook } from '#shared/webhooks/webhook.ts';
import { validSecrets } from '#shared/webhooks/webhook-secret.ts';

/**
 * The headers of a call (Standard Webhooks): signed with every secret that is valid, so that receivers may change to a new one
 * when it suits them.
 *
 * @param nowMs the time of this try, in epoch ms; receivers refuse what is older than a few minutes
 */
export const signedHeaders = (
  { secrets }: Pick<Webhook, 'secrets'>,
  { messageId, body }: Pick<Delivery, 'messageId' | 'body'>,
  nowMs: number,
): Record<string, string> => ({
  'content-type': 'application/json',
  'user-agent': 'firefly-gateway',
  'webhook-id': messageId,
  'webhook-timestamp': String(Math.floor(nowMs / 1000)),
  'webhook-signature': validSecrets(secrets, nowMs)
    .map(({ secret }) => new Signer(secret).sign(messageId, new Date(nowMs), body))
    .join(' '),
});
