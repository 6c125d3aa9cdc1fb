import type { ListDefinition } from '#shared/adobe/services/list.ts';
import type { FailedCall } from '#shared/aws/passed-on-calls.ts';
import { ProblemError } from '../http/problem.ts';

// The token function tries again every minute.
const noTokenRetryMs = 60_000;

/** The answer after a call that Adobe refused, with its status and code, or that cannot be made at the moment. */
export const buildAdobeProblem = (
  failed: FailedCall,
  describeError?: ListDefinition['describeError'],
): ProblemError => {
  if (failed.kind === 'refused') {
    const { status, code, message } = failed.error;
    // Adobe's 401 and 403 are about the gateway's rights, not about the caller's.
    return new ProblemError([401, 403].includes(status) ? 502 : status, code, message, {
      extensions: describeError?.(code),
    });
  }
  const retryAfterMs = failed.kind === 'no_token' ? noTokenRetryMs : (failed.retryAfterMs ?? 5_000);
  return new ProblemError(503, 'service_unavailable', 'Adobe cannot be asked just now: try again.', {
    headers: { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) },
  });
};
