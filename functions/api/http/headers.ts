import { type Priority, priorities } from '#shared/jobs/job.ts';
import { ProblemError } from './problem.ts';

/** The longest wait that fits into API Gateway's 30 s, in seconds. */
export const maxWaitSeconds = 25;

/**
 * Reads the preference `wait` of a `Prefer` header (RFC 7240); other preferences are ignored, as the RFC demands.
 *
 * @returns seconds, or undefined if the client did not ask to wait
 * @throws {ProblemError} 400 if the value is not a whole number from 1 to {@link maxWaitSeconds}
 */
export const readWait = (prefer: string | undefined): number | undefined => {
  const preference = (prefer ?? '')
    .split(',')
    .map((part) => part.split(';')[0]?.trim() ?? '')
    .find((part) => /^wait(?=\s*=|$)/i.test(part));
  if (preference === undefined) return undefined;
  const [, digits] = /^wait\s*=\s*(?:"(\d{1,4})"|(\d{1,4}))$/i.exec(preference)?.filter(Boolean) ?? [];
  const seconds = Number(digits);
  if (seconds >= 1 && seconds <= maxWaitSeconds) return seconds;
  const limits = `from 1 to ${maxWaitSeconds}`;
  throw invalidHeader('Prefer', `: wait takes a whole number of seconds ${limits}`, `wait is not ${limits}`);
};

/**
 * Reads `max-age` of a request's `Cache-Control` header (RFC 9111); what is malformed is ignored, as the RFC has it.
 *
 * @returns seconds, or undefined if the client did not say that it takes something stored
 */
export const readMaxAge = (cacheControl: string | undefined): number | undefined => {
  const directives = (cacheControl ?? '').split(',').map((directive) => directive.trim().toLowerCase());
  if (directives.includes('no-cache') || directives.includes('no-store')) return undefined;
  const [, digits] = directives.map((directive) => /^max-age="?(\d{1,10})"?$/.exec(directive)).find(Boolean) ?? [];
  return digits === undefined ? undefined : Number(digits);
};

/**
 * Reads `x-priority`.
 *
 * @throws {ProblemError} 400 if it is no priority
 */
export const readPriority = (header: string | undefined, otherwise: Priority): Priority => {
  const priority = priorities.find((name) => name === (header ?? otherwise));
  if (priority !== undefined) return priority;
  const problem = `is not one of ${priorities.join(', ')}`;
  throw invalidHeader('x-priority', ` ${problem}`, `value ${problem}`);
};

const maxKeyLength = 255;

/**
 * Checks an `Idempotency-Key`.
 *
 * @throws {ProblemError} 400 if it is blank or longer than 255 characters
 */
export const readIdempotencyKey = (key: string | undefined): string | undefined => {
  if (key === undefined || (key.trim() !== '' && key.length <= maxKeyLength)) return key;
  const problem = `must have 1 to ${maxKeyLength} characters and not be blank`;
  throw invalidHeader('Idempotency-Key', ` ${problem}`, `value ${problem}`);
};

/** The error for an idempotency key that belongs to an earlier, different request. */
export const idempotencyKeyReused = (): ProblemError =>
  new ProblemError(
    422,
    'idempotency_key_reused',
    'The Idempotency-Key was used before with another request. Use a new key for a new request.',
    { validationErrors: [{ loc: ['header', 'Idempotency-Key'], msg: 'key of another request', type: 'value_error' }] },
  );

const invalidHeader = (name: string, sentence: string, msg: string): ProblemError =>
  new ProblemError(400, 'bad_request', `The header ${name}${sentence}.`, {
    validationErrors: [{ loc: ['header', name], msg, type: 'value_error' }],
  });
