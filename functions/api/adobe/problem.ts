import type { FailedCall } from '#shared/aws/passed-on-calls.ts';
import { ProblemError } from '../http/problem.ts';

// The token function tries again every minute.
const noTokenRetryMs = 60_000;

/** The answer after a call that Adobe refused, with its status and code, or that cannot be made at the moment. */
export const buildAdobeProblem = (
  failed: FailedCall,
  toExtensions?: (error: { code: string }) => Record<string, unknown>,
): ProblemError => {
  if (failed.kind === 'refused') {
    const { status, code, message } = failed.error;
    // Adobe's 403 is about the gateway's rights, not about the caller's.
    return new ProblemError(status === 403 ? 502 : status, code, message, {
      extensions: toExtensions?.(failed.error),
    });
  }
  const retryAfterMs = failed.kind === 'no_token' ? noTokenRetryMs : (failed.retryAfterMs ?? 5_000);
  return new ProblemError(503, 'service_unavailable', 'Adobe cannot be asked just now: try again.', {
    headers: { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) },
  });
};
