import { ProblemError } from './problem.ts';

/** The longest wait that fits into API Gateway's 30 s, in seconds. */
export const longestWaitSeconds = 25;

/**
 * Reads the preference `wait` of a `Prefer` header (RFC 7240); other preferences are ignored, as the RFC demands.
 *
 * @returns seconds, or undefined if the client did not ask to wait
 * @throws {ProblemError} 400 if the value is not a whole number from 1 to {@link longestWaitSeconds}
 */
export const readWait = (prefer: string | undefined): number | undefined => {
  const preference = (prefer ?? '')
    .split(',')
    .map((part) => part.split(';')[0]?.trim() ?? '')
    .find((part) => /^wait(?=\s*=|$)/i.test(part));
  if (preference === undefined) return undefined;
  const [, digits] = /^wait\s*=\s*(?:"(\d{1,4})"|(\d{1,4}))$/i.exec(preference)?.filter(Boolean) ?? [];
  const seconds = Number(digits);
  if (seconds >= 1 && seconds <= longestWaitSeconds) return seconds;
  throw new ProblemError(
    400,
    'bad_request',
    `The header Prefer: wait takes a whole number of seconds from 1 to ${longestWaitSeconds}.`,
    {
      validationErrors: [
        { loc: ['header', 'Prefer'], msg: `wait is not from 1 to ${longestWaitSeconds}`, type: 'value_error' },
      ],
    },
  );
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
