import type { CallAdobe } from '../http/call.ts';
import { parseJson } from '../http/client.ts';
import { type AdobeError, readCode, readMessage } from '../http/errors.ts';
import type { AllowsUrl } from '../http/hosts.ts';
import type { JobProgress } from './job-progress.ts';
import type { OperationDefinition, SynchronousCall } from './operation.ts';
import { classifyRefusal } from './refusal.ts';
import { serviceOf } from './registry.ts';
import { type GetStatus, readPages } from './status-pages.ts';

/**
 * What one poll led to. `unavailable`: it said nothing, poll again. `locked_out`: the credential or its token was refused, which
 * says nothing about the job; the error is absent where the token was at fault.
 */
export type PollOutcome =
  | JobProgress
  | { kind: 'not_found'; code: string; message: string }
  | { kind: 'unavailable'; retryAfterMs?: number }
  | { kind: 'locked_out'; error?: AdobeError };

const pollTimeoutMs = 20_000;
// Services may embed outputs in their answers.
const maxStatusBytes = 8_000_000;
const notFoundStatuses = [404, 410, 422];

/** Asks Adobe how far a job of an operation is, once. */
export const readProgress = async (
  statusUrl: string,
  operation: OperationDefinition,
  call: CallAdobe,
): Promise<PollOutcome> => {
  const { dialect } = serviceOf(operation);
  const get: GetStatus = (url) => call({ method: 'GET', url, timeoutMs: pollTimeoutMs, maxBytes: maxStatusBytes });
  const outcome = await get(statusUrl);
  switch (outcome.kind) {
    case 'answered': {
      const body = await readPages(parseJson(outcome.body), statusUrl, dialect, get);
      return boundProgress(dialect.readStatus(body, operation)) ?? { kind: 'unavailable' };
    }
    case 'refused': {
      const { status, code, message } = outcome.error;
      const kind = classifyRefusal(outcome.error, dialect);
      if (kind === 'access' || kind === 'quota') return { kind: 'locked_out', error: outcome.error };
      return kind !== 'intercepted' && notFoundStatuses.includes(status)
        ? { kind: 'not_found', code, message }
        : { kind: 'unavailable' };
    }
    case 'unavailable':
      return { kind: 'unavailable', retryAfterMs: outcome.retryAfterMs };
    case 'token_refused':
    case 'no_token':
      return { kind: 'locked_out' };
    default:
      return { kind: 'unavailable' };
  }
};

/** Cuts codes and messages to what a job's record holds, and leaves presigned URLs out of them. */
const boundProgress = (progress: JobProgress | undefined): JobProgress | undefined => {
  if (progress === undefined || progress.kind === 'running') return progress;
  return progress.kind === 'succeeded'
    ? { ...progress, reason: progress.reason && boundReason(progress.reason) }
    : { kind: progress.kind, ...boundReason(progress) };
};

const boundReason = ({ code, message }: { code: string; message: string }) => ({
  code: readCode(code) ?? 'failed',
  message: readMessage(message),
});

/**
 * Asks for the outputs of a job whose status is gone, by what is kept of its result.
 *
 * @param allows where the token may be sent
 * @returns undefined if its service has no such place, or does not tell them there either
 */
export const renewOutputs = async (
  result: Readonly<Record<string, unknown>>,
  operation: OperationDefinition,
  { call, allows }: { call: CallAdobe; allows: AllowsUrl },
): Promise<Extract<JobProgress, { kind: 'succeeded' }> | undefined> => {
  const { renewal } = serviceOf(operation).dialect;
  const url = renewal?.getUrl(result);
  if (renewal === undefined || url === undefined || !allows(url)) return undefined;
  const outcome = await call({ method: 'GET', url, timeoutMs: pollTimeoutMs, maxBytes: maxStatusBytes });
  if (outcome.kind !== 'answered') return undefined;
  return { kind: 'succeeded', outputs: renewal.read(parseJson(outcome.body), result), result };
};

/** Reads the kept answer to a synchronous call as what it says of the job. */
export const readSynchronous = (
  text: string,
  synchronous: SynchronousCall,
  operation: OperationDefinition,
): JobProgress => {
  const progress = boundProgress(serviceOf(operation).dialect.readStatus(synchronous.parse(text), operation));
  return progress ?? { kind: 'failed', code: 'result_not_understood', message: "Adobe's answer cannot be read." };
};

const alreadyFinalStatuses = [404, 409, 410];

/**
 * Asks Adobe to cancel a job, once.
 *
 * @returns false if Adobe could not be asked now; "already final" counts as asked, the status says the rest
 */
export const cancelUpstream = async (cancelUrl: string, call: CallAdobe): Promise<boolean> => {
  const outcome = await call({ method: 'PUT', url: cancelUrl, timeoutMs: pollTimeoutMs });
  if (outcome.kind !== 'refused') return outcome.kind === 'answered';
  return !outcome.error.isHtml && alreadyFinalStatuses.includes(outcome.error.status);
};
