import { parse } from 'content-type';
import type * as z from 'zod';
import { jsonProblem } from '#shared/json-limits.ts';
import { findNullFields, removeFields } from '#shared/requests/null-fields.ts';
import { listErrors, toValidationErrors, type ValidationError } from '#shared/requests/validation-errors.ts';
import { ProblemError } from './problem.ts';

/** A request body as API Gateway delivers it. */
export interface RawBody {
  body?: string;
  isBase64Encoded: boolean;
  contentType?: string;
  contentEncoding?: string;
}

/**
 * Reads a JSON request body.
 *
 * @param maxBytes largest body that is taken
 * @returns its text as it came, and what it says
 * @throws {ProblemError} 415 for another content type, 413 for too large a body, 400 for an empty body or one that is not JSON
 */
export const readJsonBody = (
  { body = '', isBase64Encoded, contentType, contentEncoding = 'identity' }: RawBody,
  maxBytes: number,
): { text: string; value: unknown } => {
  if (readMediaType(contentType) !== 'application/json') {
    throw new ProblemError(415, 'invalid_content_type', 'The content type must be application/json, in UTF-8.');
  }
  if (contentEncoding.toLowerCase() !== 'identity') {
    throw new ProblemError(415, 'invalid_content_type', 'The body must not be compressed.');
  }
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length > maxBytes) {
    throw new ProblemError(413, 'request_too_large', `The body has more than ${maxBytes} bytes.`);
  }
  const text = decodeUtf8(bytes);
  if (text.trim() === '') throw new ProblemError(400, 'empty_input_body', 'The body is empty.');
  const value = parseJson(text);
  const problem = jsonProblem(value);
  if (problem !== undefined) throw new ProblemError(400, 'bad_request', `The body ${problem}.`);
  return { text, value };
};

/**
 * Reads a JSON request body and checks it. Optional fields that are null count as not given.
 *
 * @param maxBytes largest body that is taken
 * @throws {ProblemError} 415, 413 or 400 for a body that is not JSON, 422 naming each field that is wrong
 */
export const readBodyAs = <Schema extends z.ZodType>(
  getSchema: () => Schema,
  body: RawBody,
  maxBytes: number,
): z.output<Schema> => {
  const { value } = readJsonBody(body, maxBytes);
  const schema = getSchema();
  const parsed = schema.safeParse(removeFields(value, findNullFields(schema, value)));
  if (parsed.success) return parsed.data;
  throw invalidBody(toValidationErrors(parsed.error.issues, 'body'));
};

/** A text that is kept: what is stored is UTF-8, which cannot hold half of a surrogate pair, as JSON can. */
export const unicode = (schema: z.ZodString): z.ZodString =>
  schema.refine((text) => text.isWellFormed(), { error: 'value is not valid Unicode' });

/** The answer to a body with fields that are wrong. */
export const invalidBody = (validationErrors: ValidationError[]): ProblemError =>
  new ProblemError(422, 'validation_error', `The request is not valid: ${listErrors(validationErrors)}.`, {
    validationErrors,
  });

/** The media type that a `Content-Type` names, without parameters; undefined if its text is not in UTF-8. */
export const readMediaType = (contentType: string | undefined): string | undefined => {
  const { type, parameters } = parse(contentType ?? '');
  return ['utf-8', 'utf8', undefined].includes(parameters['charset']?.toLowerCase()) ? type : undefined;
};

/**
 * Decodes a body, without its byte order mark.
 *
 * @throws {ProblemError} 400 if it is not UTF-8
 */
export const decodeUtf8 = (bytes: Buffer): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new ProblemError(400, 'bad_request', 'The body is not valid UTF-8.');
  }
};

/**
 * Parses a body.
 *
 * @throws {ProblemError} 400 if it is not JSON, without quoting it
 */
export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the body, which may be a prompt.
    throw new ProblemError(400, 'bad_request', 'The body is not valid JSON.');
  }
};
