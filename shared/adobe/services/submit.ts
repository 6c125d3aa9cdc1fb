import type { AccessToken } from '../auth/access-token.ts';
import { type CallOutcome, callOnce } from '../http/call.ts';
import { parseJson } from '../http/client.ts';
import type { AdobeError } from '../http/errors.ts';
import type { OperationDefinition } from './operation.ts';
import { classifyRefusal, explainRefusal } from './refusal.ts';
import { serviceOf } from './registry.ts';
import type { AcceptedJob, ServiceDialect } from './service.ts';

/** What a submit led to. `unknown`: Adobe may have taken (and billed) the job, but its answer was lost. */
export type SubmitOutcome =
  | { kind: 'accepted'; job: AcceptedJob }
  | { kind: 'token_refused'; error: AdobeError }
  | { kind: 'rate_limited'; retryAfterMs: number | undefined; error: AdobeError }
  | { kind: 'quota_exhausted'; error: AdobeError }
  | { kind: 'access_refused' | 'intercepted'; error: AdobeError }
  | { kind: 'try_again'; error: AdobeError }
  | { kind: 'rejected'; error: AdobeError; ofContent: boolean }
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
/** Ids and URLs are kept in the job's record. */
const maxAcceptanceLength = 10_000;

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
  const outcome = await callOnce(
    {
      method: 'POST',
      url: new URL(path, baseUrl).href,
      body,
      headers: {
        'x-request-id': requestId,
        ...(models !== undefined && modelVersion !== undefined && { [models.header]: modelVersion }),
      },
      timeoutMs,
    },
    token,
    nowMs,
  );
  return readOutcome(outcome, serviceOf(operation).dialect);
};

const readOutcome = (outcome: CallOutcome, dialect: ServiceDialect): SubmitOutcome => {
  switch (outcome.kind) {
    case 'answered': {
      const job = dialect.readAcceptance(parseJson(outcome.body));
      return job === undefined || JSON.stringify(job).length > maxAcceptanceLength
        ? {
            kind: 'unknown',
            reason: 'Adobe accepted the request with an answer that names no status URL.',
            status: outcome.status,
          }
        : { kind: 'accepted', job };
    }
    case 'lost':
      return { kind: 'unknown', reason: outcome.reason };
    case 'not_sent':
      return { kind: 'not_sent', reason: outcome.reason };
    case 'token_refused':
      return { kind: 'token_refused', error: outcome.error };
    default: {
      const retryAfterMs = outcome.kind === 'unavailable' ? outcome.retryAfterMs : undefined;
      return readRefusal(outcome.error, retryAfterMs, dialect);
    }
  }
};

const readRefusal = (error: AdobeError, retryAfterMs: number | undefined, dialect: ServiceDialect): SubmitOutcome => {
  const { status } = error;
  switch (classifyRefusal(error, dialect)) {
    case 'rate':
      return { kind: 'rate_limited', retryAfterMs, error };
    case 'quota':
      return { kind: 'quota_exhausted', error };
    case 'access':
      return { kind: 'access_refused', error };
    case 'intercepted':
      return { kind: 'intercepted', error };
    case 'retry':
      return { kind: 'try_again', error };
    case 'final':
      return { kind: 'rejected', error, ofContent: false };
    case 'content': {
      const message = explainRefusal(dialect.contentRefusals, error.code, error.message);
      return { kind: 'rejected', error: { ...error, message }, ofContent: true };
    }
    case 'unknown':
      return { kind: 'unknown', reason: `Adobe answered with HTTP status ${status}.`, status };
  }
};
