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
  /** The text of a synchronous call's answer. */
  | { kind: 'answered'; text: string }
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
  /** Adobe's request body: JSON text, unless the headers say otherwise. */
  body: string;
  headers?: Readonly<Record<string, string>>;
  modelVersion?: string;
  /** Trace id, sent as `x-request-id`. */
  requestId: string;
  /** After which the answer counts as lost, in ms; a minute if absent. */
  timeoutMs?: number;
}

/** Adobe's answers of 500 and the like come within seconds; after this time the answer counts as lost. */
const submitTimeoutMs = 60_000;
/** Results may hold the text of whole documents. */
const maxResultBytes = 20_000_000;
/** Ids and URLs are kept in the job's record. */
const maxAcceptanceLength = 10_000;

/** Sends a request for an operation to Adobe, once. */
export const submit = async (
  operation: OperationDefinition,
  { baseUrl, body, headers, modelVersion, requestId, timeoutMs = submitTimeoutMs }: Submission,
  token: AccessToken,
  nowMs: () => number,
): Promise<SubmitOutcome> => {
  const { models, path, synchronous } = operation;
  const outcome = await callOnce(
    {
      method: 'POST',
      url: new URL(path, baseUrl).href,
      body,
      headers: {
        ...headers,
        'x-request-id': requestId,
        ...(models !== undefined && modelVersion !== undefined && { [models.header]: modelVersion }),
      },
      timeoutMs,
      maxBytes: synchronous && maxResultBytes,
    },
    token,
    nowMs,
  );
  return operation.secretHeaders !== undefined && 'error' in outcome && isOfSecret(outcome.error)
    ? { kind: 'rejected', error: outcome.error, ofContent: false }
    : readOutcome(outcome, operation);
};

/**
 * Whether a refusal of access may be about a secret of the caller rather than the credential of the gateway: then it is the fault of
 * one job. Codes of Adobe's edge (401013, 403000) never are.
 */
const isOfSecret = ({ status, code, isHtml }: AdobeError): boolean =>
  [401, 403].includes(status) && !isHtml && !/^40[13]\d{3}$/.test(code);

const readOutcome = (outcome: CallOutcome, operation: OperationDefinition): SubmitOutcome => {
  const { dialect } = serviceOf(operation);
  switch (outcome.kind) {
    case 'answered':
      return readAnswer(outcome, operation);
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

const readAnswer = (
  { body, status }: Extract<CallOutcome, { kind: 'answered' }>,
  operation: OperationDefinition,
): SubmitOutcome => {
  const { synchronous } = operation;
  if (synchronous !== undefined) {
    return synchronous.parse(body) === undefined
      ? { kind: 'unknown', reason: 'Adobe answered the request without a result.', status }
      : { kind: 'answered', text: body };
  }
  const job = serviceOf(operation).dialect.readAcceptance(parseJson(body));
  return job === undefined || JSON.stringify(job).length > maxAcceptanceLength
    ? { kind: 'unknown', reason: 'Adobe accepted the request with an answer that names no status URL.', status }
    : { kind: 'accepted', job };
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
