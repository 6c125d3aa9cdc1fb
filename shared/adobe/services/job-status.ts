import * as z from 'zod';
import type { AccessToken } from '../auth/access-token.ts';
import { callAdobe, NoAnswerError } from '../http/client.ts';
import { isTokenRefused, readAdobeError } from '../http/errors.ts';
import { parseJson } from '../http/json.ts';
import { readRetryAfter } from '../http/retry-after.ts';
import type { ResultShape, UpstreamOutput } from './firefly/results.ts';

/** What Adobe says about a job. `unavailable`: this poll told nothing, ask again. */
export type JobProgress =
  | { kind: 'running' }
  | { kind: 'succeeded'; outputs: UpstreamOutput[]; result: Record<string, unknown> }
  | { kind: 'failed' | 'cancelled' | 'timed_out'; code: string; message: string }
  | { kind: 'token_refused' }
  | { kind: 'not_found'; code: string; message: string }
  | { kind: 'unavailable'; retryAfterMs?: number };

const pollTimeoutMs = 20_000;

const statusBody = z.object({
  status: z.string(),
  error_code: z.union([z.string(), z.number()]).nullish(),
  message: z.string().nullish(),
  result: z.looseObject({}).nullish(),
});

/**
 * Asks Adobe how far a job is, once. An unknown word for the status counts as running (Adobe: the list may grow).
 *
 * @param shape where the outputs of the job's operation stand in the result
 */
export const readProgress = async (
  statusUrl: string,
  shape: ResultShape,
  token: AccessToken,
  nowMs: () => number,
): Promise<JobProgress> => {
  try {
    const { status, headers, body } = await callAdobe({
      method: 'GET',
      url: statusUrl,
      token,
      timeoutMs: pollTimeoutMs,
    });
    if (status === 200) return progressOf(body, shape);
    const error = readAdobeError(status, body);
    if (isTokenRefused(error)) return { kind: 'token_refused' };
    if (status === 404 || status === 410 || status === 422) {
      return { kind: 'not_found', code: error.code, message: error.message };
    }
    const retryAfterMs = readRetryAfter(headers.get('retry-after'), nowMs());
    return { kind: 'unavailable', ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  } catch (error) {
    if (error instanceof NoAnswerError) return { kind: 'unavailable' };
    throw error;
  }
};

const progressOf = (body: string, shape: ResultShape): JobProgress => {
  const parsed = statusBody.safeParse(parseJson(body));
  if (!parsed.success) return { kind: 'unavailable' };
  const { status, result } = parsed.data;
  const message = parsed.data.message || `Adobe ended the job as ${status}.`;
  const code = parsed.data.error_code ? String(parsed.data.error_code) : undefined;
  switch (status) {
    case 'succeeded': {
      const read = shape.read(result);
      if (read === undefined) {
        return { kind: 'failed', code: 'result_not_understood', message: 'Adobe reported success without any output.' };
      }
      return { kind: 'succeeded', outputs: read.outputs, result: read.rest };
    }
    case 'failed':
      return { kind: 'failed', code: code ?? 'failed', message };
    case 'cancelled':
    case 'canceled':
      return { kind: 'cancelled', code: code ?? 'cancelled', message };
    case 'timeout':
      return { kind: 'timed_out', code: code ?? 'timeout', message };
    default:
      return { kind: 'running' };
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
