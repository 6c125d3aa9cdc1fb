import { AuditUnavailableError } from '#shared/audit/trail.ts';
import { isThrottled, isUnavailable } from '#shared/aws/failures.ts';
import { PolicyRefusal } from '#shared/callers/policy-refusal.ts';
import type { Clock } from '#shared/clock.ts';
import type { Log } from '#shared/observability.ts';
import { ProblemError } from './problem.ts';
import type { HttpEvent } from './request.ts';

/**
 * The answer to an error: one that was meant for the client as it is; throttling by AWS, and a failure of AWS that passes, as 503 with
 * `Retry-After`; and anything else as 500, with what the log needs and nothing of the request. Where a second request might do a second
 * time what the first one has done, a failure that passes is a 500, too: clients repeat what was answered with 503 by themselves.
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
  const isPassing = isUnavailable(error);
  // Name and stack say where it went wrong; a message may quote a request, and requests are personal data.
  log.error(isPassing ? 'AWS could not be reached, did not answer in time or failed.' : 'request failed', {
    requestId: event.requestContext?.requestId,
    method: event.requestContext?.http?.method,
    error: error instanceof Error ? error.name : typeof error,
    code: isPassing ? findNetworkCode(error) : undefined,
    stack: error instanceof Error ? frames(error) : undefined,
  });
  if (isPassing && isRepeatable(event)) {
    return new ProblemError(503, 'service_unavailable', 'AWS cannot be asked just now: try again.', {
      headers: { 'retry-after': '5' },
    });
  }
  if (isPassing) {
    return new ProblemError(
      500,
      'internal_server_error',
      'AWS did not answer, and whether the request was done is not known: look before you send it again. An Idempotency-Key makes that safe for jobs and batches.',
    );
  }
  return new ProblemError(
    500,
    'internal_server_error',
    'The gateway failed to answer; the request id leads to its log.',
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

/** Whether the same request sent again does nothing twice: by its method (RFC 9110, 9.2.2), or by its key. */
const isRepeatable = ({ requestContext, headers }: HttpEvent): boolean =>
  requestContext?.http?.method !== 'POST' || headers?.['idempotency-key'] !== undefined;
