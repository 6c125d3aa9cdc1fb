import type * as z from 'zod';
import { toValidationErrors, type ValidationError } from '#shared/requests/validation-errors.ts';
import { type RawBody, readJsonBody } from './json-body.ts';
import { ProblemError } from './problem.ts';

/**
 * Reads a JSON request body and checks it.
 *
 * @param maxBytes largest body that is taken
 * @throws {ProblemError} 415, 413 or 400 for what is no JSON, 422 naming each field that is wrong
 */
export const readBodyAs = <Schema extends z.ZodType>(
  schema: Schema,
  body: RawBody,
  maxBytes: number,
): z.output<Schema> => {
  const parsed = schema.safeParse(readJsonBody(body, maxBytes));
  if (parsed.success) return parsed.data;
  throw invalidBody(toValidationErrors(parsed.error.issues, 'body'));
};

/** The answer to a body with fields that are wrong. */
export const invalidBody = (validationErrors: ValidationError[]): ProblemError => {
  const sentence = validationErrors.map(({ loc, msg }) => `${loc.join('.')}: ${msg}`).join('; ');
  return new ProblemError(422, 'validation_error', `The request is not valid: ${sentence}.`, { validationErrors });
};
