import type { AccessToken } from '../auth/access-token.ts';
import { callAdobe, NoAnswerError } from '../http/client.ts';
import { type AdobeError, isTokenRefused, readAdobeError } from '../http/errors.ts';
import { parseJson } from '../http/json.ts';
import { readRetryAfter } from '../http/retry-after.ts';
import type { Answer } from '../http/send-once.ts';
import type { OperationDefinition } from './operation.ts';
import { serviceOf } from './registry.ts';
import type { AcceptedJob, RefusalKind, ServiceDialect } from './service.ts';

/** What a submit led to. `unknown`: Adobe may have taken (and billed) the job, but its answer was lost. */
export type SubmitOutcome =
  | { kind: 'accepted'; job: AcceptedJob }
  | { kind: 'token_refused'; error: AdobeError }
  | { kind: 'rate_limited'; retryAfterMs: number | undefined; error: AdobeError }
  | { kind: 'quota_exhausted'; error: AdobeError }
  | { kind: 'try_again'; error: AdobeError }
  | { kind: 'rejected'; error: AdobeError }
  | { kind: 'not_sent'; reason: string }
  | { kind: 'unknown'; reason: string; status?: number };

/** A request for an operation. */
export interface Submission {
  /** Origin of the service's API. */
  baseUrl: string;
  /** JSON text of Adobe's request body. */
  body: string;
  modelVersion?: string;
  /** Trace id, sent as `x-request-id`. */
  requestId: string;
}

/** Adobe's answers of 500 and the like come within seconds; after this time the answer counts as lost. */
const submitTimeoutMs = 60_000;

/**
 * Sends a request for an operation to Adobe, once.
 *
 * @param timeoutMs after which the answer counts as lost
 */
export const submit = async (
  operation: OperationDefinition,
  { baseUrl, body, modelVersion, requestId }: Submission,
  token: AccessToken,
  nowMs: () => number,
  timeoutMs: number = submitTimeoutMs,
): Promise<SubmitOutcome> => {
  const { models, path } = operation;
  let answer: Answer;
  try {
    answer = await callAdobe({
      method: 'POST',
      url: new URL(path, baseUrl).href,
      token,
      body,
      headers: {
        'x-request-id': requestId,
        ...(models !== undefined && modelVersion !== undefined && { [models.header]: modelVersion }),
      },
      timeoutMs,
    });
  } catch (error) {
    if (!(error instanceof NoAnswerError)) throw error;
    return error.sent ? { kind: 'unknown', reason: error.message } : { kind: 'not_sent', reason: error.message };
  }
  return readOutcome(answer, serviceOf(operation).dialect, nowMs());
};

const readOutcome = ({ status, headers, body }: Answer, dialect: ServiceDialect, nowMs: number): SubmitOutcome => {
  if (status >= 200 && status < 300) {
    const job = dialect.readAcceptance(parseJson(body));
    return job === undefined
      ? { kind: 'unknown', reason: 'Adobe accepted the request with an answer that names no status URL.', status }
      : { kind: 'accepted', job };
  }
  const accessError = headers.get('x-access-error') ?? undefined;
  const error = readAdobeError(status, body, accessError);
  switch (classifyRefusal(error, accessError, dialect)) {
    case 'token':
      return { kind: 'token_refused', error };
    case 'rate':
      return { kind: 'rate_limited', retryAfterMs: readRetryAfter(headers.get('retry-after'), nowMs), error };
    case 'quota':
      return { kind: 'quota_exhausted', error };
    case 'retry':
      return { kind: 'try_again', error };
    case 'final':
      return { kind: 'rejected', error };
    case 'unknown':
      return { kind: 'unknown', reason: `Adobe answered with HTTP status ${status}.`, status };
  }
};

/** What holds for every service, unless its dialect knows better. */
const classifyRefusal = (
  error: AdobeError,
  accessError: string | undefined,
  { classifyRefusal: classify }: ServiceDialect,
): RefusalKind => {
  const { status } = error;
  if (isTokenRefused(error)) return 'token';
  const known = classify?.(error, accessError);
  if (known !== undefined) return known;
  if (status === 429) return 'rate';
  if (status === 408) return 'retry';
  return status >= 400 && status < 500 ? 'final' : 'unknown';
};
