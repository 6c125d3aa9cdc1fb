import type { Clock } from '../../clock.ts';
import { type Answer, classifyStatus, isTimeout, isUnsent, sendOnce } from './client.ts';
import { type AdobeError, isTokenRefused, readAdobeError } from './errors.ts';
import { readRetryAfter } from './retry.ts';

/** A token of the gateway, as a call needs it. */
export interface BearerToken {
  accessToken: string;
  /** Adobe's client id, sent beside the token as `x-api-key`. */
  clientId: string;
  /** Names this token among its predecessors and successors without telling it. */
  versionId: string;
}

/** Where calls have the gateway's token from; both methods throw if there is none. */
export interface BearerTokens {
  get(): Promise<BearerToken>;
  /** Another token than the one that Adobe refused. */
  refused(versionId: string): Promise<BearerToken>;
}

/** One call of a service; the bearer token goes to this URL and, as redirects are not followed, nowhere else. */
export interface AdobeRequest {
  method: 'GET' | 'POST' | 'PUT';
  url: string;
  /** JSON text, or bytes whose content type the headers name. */
  body?: string | Uint8Array<ArrayBuffer>;
  headers?: Record<string, string>;
  /** Until the end of the answer, in ms. */
  timeoutMs: number;
  /** Of the answer's body that are read; 1 MB if absent. */
  maxBytes?: number;
}

/**
 * What one call led to. `unavailable`: an answer that says nothing for good (408, 429, 5xx, a redirect). `not_sent`: Adobe
 * certainly never saw the request. `lost`: it may have, and its answer did not arrive.
 */
export type CallOutcome =
  | { kind: 'answered'; status: number; body: string }
  | { kind: 'refused'; error: AdobeError }
  | { kind: 'token_refused'; error: AdobeError }
  | { kind: 'unavailable'; error: AdobeError; retryAfterMs?: number }
  | { kind: 'not_sent' | 'lost'; reason: string };

/** The same with the gateway's own token. `no_token`: there is none, and nothing was sent. */
export type TokenCallOutcome = CallOutcome | { kind: 'no_token' };

/** Calls a service with the gateway's token, and once more with another one if Adobe refuses the first. */
export type CallAdobe = (request: AdobeRequest) => Promise<TokenCallOutcome>;

/** Calls a service once, without any retry: only the caller knows what a second call costs. */
export const callOnce = async (
  { method, url, body, headers, timeoutMs, maxBytes }: AdobeRequest,
  token: Pick<BearerToken, 'accessToken' | 'clientId'>,
  nowMs: () => number,
): Promise<CallOutcome> => {
  try {
    const answer = await sendOnce(url, {
      method,
      headers: {
        // A frozen sandbox thaws with dead connections in its pool, and a submit lost on one has an unknown outcome.
        connection: 'close',
        authorization: `Bearer ${token.accessToken}`,
        'x-api-key': token.clientId,
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      body,
      timeoutMs,
      maxBytes,
    });
    return readAnswer(answer, nowMs());
  } catch (error) {
    const reason = isTimeout(error) ? 'Adobe did not answer in time.' : 'The connection to Adobe failed.';
    return { kind: isUnsent(error) ? 'not_sent' : 'lost', reason };
  }
};

const readAnswer = ({ status, headers, body }: Answer, nowMs: number): CallOutcome => {
  const statusClass = classifyStatus(status);
  if (statusClass === 'success') return { kind: 'answered', status, body };
  const error = readAdobeError(status, body, {
    accessError: headers.get('x-access-error'),
    contentType: headers.get('content-type'),
  });
  if (isTokenRefused(error)) return { kind: 'token_refused', error };
  if (statusClass === 'refused') return { kind: 'refused', error };
  return { kind: 'unavailable', error, retryAfterMs: readRetryAfter(headers.get('retry-after'), nowMs) };
};

/**
 * Binds calls to the gateway's token.
 *
 * @param options.log is given the reason why there is no token; the outcome does not hold it
 */
export const createCallAdobe =
  (
    tokens: BearerTokens,
    { clock, log }: { clock: Clock; log: { error(message: string, fields: Record<string, unknown>): void } },
  ): CallAdobe =>
  async (request) => {
    const obtain = async (token: Promise<BearerToken>): Promise<BearerToken | undefined> => {
      try {
        return await token;
      } catch (error) {
        log.error('There is no token for a call of Adobe.', { error: String(error) });
        return undefined;
      }
    };
    const token = await obtain(tokens.get());
    if (token === undefined) return { kind: 'no_token' };
    const outcome = await callOnce(request, token, clock.now);
    if (outcome.kind !== 'token_refused') return outcome;
    const another = await obtain(tokens.refused(token.versionId));
    return another === undefined ? { kind: 'no_token' } : callOnce(request, another, clock.now);
  };
