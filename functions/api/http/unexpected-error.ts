import { AuditUnavailableError } from '#shared/audit/trail.ts';
import { isThrottled } from '#shared/aws/failures.ts';
import { PolicyRefusal } from '#shared/callers/policy-refusal.ts';
import type { Clock } from '#shared/clock.ts';
import type { Log } from '#shared/observability.ts';
import { ProblemError } from './problem.ts';
import type { HttpEvent } from './request.ts';
import { UnansweredError } from './unanswered-error.ts';

/**
 * The answer to an error: one that was meant for the client as it is; throttling by AWS, which has done nothing then, as 503 with
 * `Retry-After`; AWS that does not answer the same way where a second request does nothing twice, as clients repeat a 503 by themselves;
 * and anything else as 500. The log has what it needs, and nothing of the request.
 */
export const toProblem = (
  error: unknown,
  event: HttpEvent,
  { log, clock }: { log: Log; clock: Clock },
): ProblemError => {
  if (error instanceof ProblemError) return error;
  if (error instanceof PolicyRefusal) return toPolicyProblem(error, clock.now());
  if (error instanceof AuditUnavailableError) {
    log.error('A change was refused: the audit trail cannot be written.', { error: describeCause(error) });
    return new ProblemError(503, error.code, error.message, { headers: { 'retry-after': '5' } });
  }
  if (isThrottled(error)) {
    log.warn('AWS has throttled a request.', { error: error instanceof Error ? error.name : 'unknown' });
    return new ProblemError(503, 'service_unavailable', 'The gateway has too much to do just now: try again.', {
      headers: { 'retry-after': '5' },
    });
  }
  const isUnanswered = error instanceof UnansweredError;
  const failure = isUnanswered ? error.cause : error;
  // Name and stack say where it went wrong; a message may quote a request, and requests are personal data.
  log.error(isUnanswered ? 'AWS could not be reached, did not answer in time or failed.' : 'request failed', {
    requestId: event.requestContext?.requestId,
    method: event.requestContext?.http?.method,
    error: failure instanceof Error ? failure.name : typeof failure,
    code: isUnanswered ? findNetworkCode(failure) : undefined,
    stack: failure instanceof Error ? frames(failure) : undefined,
  });
  if (!isUnanswered) {
    return new ProblemError(
      500,
      'internal_server_error',
      'The gateway failed to answer; the request id leads to its log.',
    );
  }
  if (error.isRepeatable) {
    return new ProblemError(503, 'service_unavailable', 'AWS cannot be asked just now: try again.', {
      headers: { 'retry-after': '5' },
    });
  }
  return new ProblemError(
    500,
    'internal_server_error',
    'AWS did not answer, and whether the request was done is not known: look before you send it again. An Idempotency-Key makes that safe for jobs and batches.',
  );
};

/** The answer to a request that the caller's policy does not allow. */
export const toPolicyProblem = (refusal: PolicyRefusal, now: number): ProblemError => {
  const { status, code, message, rule, field, retryAt } = refusal;
  const retryAfter = retryAt === undefined ? undefined : Math.max(1, Math.ceil((retryAt - now) / 1000));
  return new ProblemError(status, code, message, {
    headers: retryAfter === undefined ? undefined : { 'retry-after': String(retryAfter) },
    validationErrors:
      field === undefined ? undefined : [{ loc: ['body', field], msg: message, type: `policy.${rule}` }],
    extensions: { rule },
  });
};

const describeCause = ({ cause }: Error): string => (cause instanceof Error ? cause.name : 'unknown');

const frames = ({ stack = '' }: Error): string[] =>
  stack
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at '));

/** What Node calls a failure of the network, which its name does not tell; undefined if it is none. */
const findNetworkCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && /^E[A-Z_]+$/.test(String(error.code)) ? String(error.code) : undefined;
