import type { AccessToken } from '../auth/access-token.ts';
import { callAdobe, NoAnswerError } from '../http/client.ts';
import { isTokenRefused, readAdobeError } from '../http/errors.ts';
import { parseJson } from '../http/json.ts';
import { readRetryAfter } from '../http/retry-after.ts';
import type { OperationDefinition } from './operation.ts';
import { serviceOf } from './registry.ts';
import type { JobProgress } from './service.ts';

/** What one poll led to. `unavailable`: it said nothing, poll again. */
export type PollOutcome =
  | JobProgress
  | { kind: 'token_refused' }
  | { kind: 'not_found'; code: string; message: string }
  | { kind: 'unavailable'; retryAfterMs?: number };

const pollTimeoutMs = 20_000;

/** Asks Adobe how far a job of an operation is, once. */
export const readProgress = async (
  statusUrl: string,
  operation: OperationDefinition,
  token: AccessToken,
  nowMs: () => number,
): Promise<PollOutcome> => {
  try {
    const { status, headers, body } = await callAdobe({
      method: 'GET',
      url: statusUrl,
      token,
      timeoutMs: pollTimeoutMs,
    });
    if (status === 200) {
      return serviceOf(operation).dialect.readStatus(parseJson(body), operation) ?? { kind: 'unavailable' };
    }
    const error = readAdobeError(status, body);
    if (isTokenRefused(error)) return { kind: 'token_refused' };
    if (status === 404 || status === 410 || status === 422) {
      return { kind: 'not_found', code: error.code, message: error.message };
    }
    return { kind: 'unavailable', retryAfterMs: readRetryAfter(headers.get('retry-after'), nowMs()) };
  } catch (error) {
    if (error instanceof NoAnswerError) return { kind: 'unavailable' };
    throw error;
  }
};

/**
 * Asks Adobe to cancel a job, once.
 *
 * @returns false if Adobe could not be told now; "already final" (404, 409, 410) counts as told, the status says the rest
 */
export const cancelUpstream = async (cancelUrl: string, token: AccessToken): Promise<boolean> => {
  try {
    const { status } = await callAdobe({ method: 'PUT', url: cancelUrl, token, timeoutMs: pollTimeoutMs });
    return (status >= 200 && status < 300) || status === 404 || status === 409 || status === 410;
  } catch (error) {
    if (error instanceof NoAnswerError) return false;
    throw error;
  }
};
