import { lookup as systemLookup } from 'node:dns';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import {
  type RequestFilteringAgentOptions,
  RequestFilteringHttpAgent,
  RequestFilteringHttpsAgent,
} from 'request-filtering-agent';
import { Webhook as Signer } from 'standardwebhooks';
import { readRetryAfter } from '#shared/adobe/http/retry.ts';
import type { Delivery, Webhook } from '#shared/webhooks/webhook.ts';
import { validSecrets } from '#shared/webhooks/webhook-store.ts';
import { type AddressRules, allowsAddress, findUrlProblem } from '#shared/webhooks/webhook-url.ts';

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
export interface CallOptions extends AddressRules {
  /** For all of it: name, connection, answer; in ms. */
  timeoutMs: number;
  /** Finds the addresses of a name; by default the system's. */
  lookup?: LookupFunction;
}

const excerptBytes = 500;

/**
 * Makes calls to public addresses, and to no other: callers choose the URLs, so that without it they could reach the metadata
 * service or whatever else this function can (SSRF, server-side request forgery). The agent checks every address that a name
 * resolves to and connects to one of those: a name that resolves differently the next time (DNS rebinding) gains nothing.
 */
export const createCallWebhook =
  ({ timeoutMs, lookup, ...rules }: CallOptions): CallWebhook =>
  async (url, headers, body) => {
    const startedAt = performance.now();
    const since = () => Math.round(performance.now() - startedAt);
    const signal = AbortSignal.timeout(timeoutMs);
    // The rules may have become stricter since the webhook was made.
    const problem = findUrlProblem(url, rules);
    if (problem !== undefined) return { durationMs: since(), error: `The URL ${problem}.` };
    try {
      const options = { method: 'POST', headers, lookup: checkLookup(lookup, rules), signal };
      const answer = await send(new URL(url), options, body, rules);
      const retryAfterMs = readRetryAfter(answer.headers['retry-after'], Date.now());
      const excerpt = (await readExcerpt(answer)) || undefined;
      return { durationMs: since(), status: answer.statusCode, retryAfterMs, excerpt };
    } catch (error) {
      const reason = signal.aborted ? `There was no answer within ${timeoutMs / 1000} s.` : explain(error);
      return { durationMs: since(), error: reason };
    }
  };

/** Looks up a name and refuses it unless all of its addresses may be called: the agent does not know all that may not. */
const checkLookup =
  (lookup: LookupFunction = systemLookup, rules: AddressRules): LookupFunction =>
  (name, options, callback) =>
    lookup(name, options, (error, address, family) => {
      const addresses = Array.isArray(address) ? address.map((each) => each.address) : [address];
      const isAllowed = error !== null || addresses.every((each) => allowsAddress(each, rules));
      callback(isAllowed ? error : new Error('DNS lookup led to an address that is not public.'), address, family);
    });

// Single addresses, not ranges: the agent compares a range with addresses of its own family only, and warns of any other.
const loopback: RequestFilteringAgentOptions = { allowIPAddressList: ['127.0.0.1', '::1'] };

const send = (
  url: URL,
  options: RequestOptions,
  body: string,
  { allowsLoopback }: AddressRules,
): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const filter = allowsLoopback ? loopback : {};
    const request =
      url.protocol === 'https:'
        ? httpsRequest(url, { ...options, agent: new RequestFilteringHttpsAgent(filter) })
        : httpRequest(url, { ...options, agent: new RequestFilteringHttpAgent(filter) });
    request.once('error', reject).once('response', resolve);
    request.end(body);
  });

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

/** Says why there was no answer. The agent's own message names the address, which is not for the owner of the webhook to see. */
const explain = (error: unknown): string => {
  const { code, message } = error as { code?: string; message?: string };
  if (code === undefined && message?.startsWith('DNS lookup '))
    return 'The name does not lead to public addresses only.';
  return `The connection failed: ${code ?? 'unknown'}.`;
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
