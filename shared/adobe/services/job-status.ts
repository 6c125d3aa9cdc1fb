import type { CallAdobe } from '../http/call.ts';
import { parseJson } from '../http/client.ts';
import type { OperationDefinition } from './operation.ts';
import { serviceOf } from './registry.ts';
import type { JobProgress } from './service.ts';

/** What one poll led to. `unavailable`: it said nothing, poll again. */
export type PollOutcome =
  | JobProgress
  | { kind: 'not_found'; code: string; message: string }
  | { kind: 'unavailable'; retryAfterMs?: number };

const pollTimeoutMs = 20_000;
const notFoundStatuses = [404, 410, 422];

/** Asks Adobe how far a job of an operation is, once. */
export const readProgress = async (
  statusUrl: string,
  operation: OperationDefinition,
  call: CallAdobe,
): Promise<PollOutcome> => {
  const outcome = await call({ method: 'GET', url: statusUrl, timeoutMs: pollTimeoutMs });
  switch (outcome.kind) {
    case 'answered':
      return serviceOf(operation).dialect.readStatus(parseJson(outcome.body), operation) ?? { kind: 'unavailable' };
    case 'refused': {
      const { status, code, message } = outcome.error;
      return notFoundStatuses.includes(status) ? { kind: 'not_found', code, message } : { kind: 'unavailable' };
    }
    case 'unavailable':
      return { kind: 'unavailable', retryAfterMs: outcome.retryAfterMs };
    default:
      return { kind: 'unavailable' };
  }
};

const alreadyFinalStatuses = [404, 409, 410];

/**
 * Asks Adobe to cancel a job, once.
 *
 * @returns false if Adobe could not be asked now; "already final" counts as asked, the status says the rest
 */
export const cancelUpstream = async (cancelUrl: string, call: CallAdobe): Promise<boolean> => {
  const outcome = await call({ method: 'PUT', url: cancelUrl, timeoutMs: pollTimeoutMs });
  return (
    outcome.kind === 'answered' || (outcome.kind === 'refused' && alreadyFinalStatuses.includes(outcome.error.status))
  );
};
