import * as z from 'zod';
import { type RawBody, readJsonBody } from '#shared/http/json-body.ts';
import { ProblemError } from '#shared/http/problem.ts';
import { toValidationErrors } from '#shared/http/validation-errors.ts';

const largestBody = 4_096;

/** What an operator may say about a pause. */
export const pauseRequest = z.strictObject({ reason: z.string().min(1).max(500).optional() });

/**
 * Why an operator pauses the queue, if the body says so; it may be empty.
 *
 * @throws {ProblemError} 400, 413 or 415 for a body that is no JSON, 422 naming each field that is wrong
 */
export const readPauseRequest = (body: RawBody): string | undefined => {
  if (!body.body) return undefined;
  const parsed = pauseRequest.safeParse(readJsonBody(body, largestBody));
  if (parsed.success) return parsed.data.reason;
  const validationErrors = toValidationErrors(parsed.error.issues, 'body');
  const sentence = validationErrors.map(({ loc, msg }) => `${loc.join('.')}: ${msg}`).join('; ');
  throw new ProblemError(422, 'validation_error', `The request is not valid: ${sentence}.`, { validationErrors });
};
