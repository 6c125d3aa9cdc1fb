import type { IncomingMessage } from 'node:http';
import { Webhook as Signer } from 'standardwebhooks';
import { readRetryAfter } from '#shared/adobe/http/retry.ts';
import { explainNoAnswer, type PublicRequestOptions, sendToPublic } from '#shared/webhooks/public-request.ts';
import type { Delivery, Webhook } from '#shared/webhooks/webhook.ts';
import { validSecrets } from '#shared/webhooks/webhook-store.ts';
import { findUrlProblem } from '#shared/webhooks/webhook-url.ts';

/** What a receiver answered, or why there was no answer. */
export interface WebhookAnswer {
  /** In ms. */
  durationMs: number;
  status?: number;
  /** How long the receiver asks to wait before the next attempt, in ms. */
  retryAfterMs?: number;
  /** The beginning of the answer's body, for people to read. */
  excerpt?: string;
  error?: string;
}

/** Sends a message to a webhook. Follows no redirect, and reports whatever the receiver does as an answer. */
export type CallWebhook = (url: string, headers: Record<string, string>, body: string) => Promise<WebhookAnswer>;

/** How calls are made. */
export interface CallOptions extends PublicRequestOptions {
  /** For all of it: name, connection, answer; in ms. */
  timeoutMs: number;
}

const excerptBytes = 500;

/** Makes calls to public addresses, and to no other. */
export const createCallWebhook =
  ({ timeoutMs, ...rules }: CallOptions): CallWebhook =>
  async (url, headers, body) => {
    const startedAt = performance.now();
    const since = () => Math.round(performance.now() - startedAt);
    const signal = AbortSignal.timeout(timeoutMs);
    // The rules may have become stricter since the webhook was made.
    const problem = findUrlProblem(url, rules);
    if (problem !== undefined) return { durationMs: since(), error: `The URL ${problem}.` };
    try {
      const answer = await sendToPublic(new URL(url), { method: 'POST', headers, signal }, body, rules);
      const retryAfterMs = readRetryAfter(answer.headers['retry-after'], Date.now());
      const excerpt = (await readExcerpt(answer)) || undefined;
      return { durationMs: since(), status: answer.statusCode, retryAfterMs, excerpt };
    } catch (error) {
      const reason = signal.aborted ? `There was no answer within ${timeoutMs / 1000} s.` : explainNoAnswer(error);
      return { durationMs: since(), error: reason };
    }
  };

const readExcerpt = async (answer: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of answer) {
      chunks.push(chunk as Buffer);
      bytes += (chunk as Buffer).length;
      if (bytes >= excerptBytes) break;
    }
  } catch {
    // The status is the answer. What was to follow it is for people to read, as far as it came.
  }
  return Buffer.concat(chunks).subarray(0, excerptBytes).toString('utf8');
};

/**
 * The headers of a call (Standard Webhooks): signed with every secret that is valid, so that receivers may change to a new one
 * when it suits them.
 *
 * @param nowMs the time of this attempt, in epoch ms; receivers refuse what is older than a few minutes
 */
export const signHeaders = (
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
