import { lookup as systemLookup } from 'node:dns';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { readRetryAfter } from '#shared/adobe/http/retry-after.ts';
import { type AddressRules, webhookUrlProblem } from '#shared/webhooks/webhook-address.ts';
import { AddressNotAllowedError, guardedLookup } from './guarded-lookup.ts';

/** What a receiver answered, or why there was no answer. */
export interface WebhookAnswer {
  /** In ms. */
  durationMs: number;
  status?: number;
  /** How long the receiver asks to wait before the next try, in ms. */
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

/** Makes calls to addresses that webhooks may have, and to no other. */
export const createCallWebhook =
  ({ timeoutMs, lookup = systemLookup as LookupFunction, ...rules }: CallOptions): CallWebhook =>
  async (url, headers, body) => {
    const startedAt = performance.now();
    const since = () => Math.round(performance.now() - startedAt);
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      // The rules may have become stricter since the webhook was made.
      const problem = webhookUrlProblem(url, rules);
      if (problem !== undefined) throw new AddressNotAllowedError(`The URL ${problem}.`);
      const options = { method: 'POST', headers, lookup: guardedLookup(lookup, rules), agent: false as const, signal };
      const answer = await send(new URL(url), options, body);
      const retryAfterMs = readRetryAfter(answer.headers['retry-after'], Date.now());
      const excerpt = await excerptOf(answer);
      return { durationMs: since(), status: answer.statusCode, retryAfterMs, ...(excerpt !== '' && { excerpt }) };
    } catch (error) {
      const reason = signal.aborted ? `There was no answer within ${timeoutMs / 1000} s.` : reasonOf(error);
      return { durationMs: since(), error: reason };
    }
  };

const send = (url: URL, options: RequestOptions, body: string): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, options);
    request.once('error', reject).once('response', resolve);
    request.end(body);
  });

const excerptOf = async (answer: IncomingMessage): Promise<string> => {
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

const reasonOf = (error: unknown): string => {
  if (error instanceof AddressNotAllowedError) return error.message;
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  return `The connection failed: ${code}.`;
};
