import * as z from 'zod';
import type { OperationDefinition } from '#shared/adobe/services/operation.ts';
import { type Priority, priorities } from '#shared/priority.ts';
import { type Labels, labelRule, parseLabels } from '#shared/requests/labels.ts';
import { decodeTemplate, maxTemplateLength } from '#shared/requests/name-template.ts';
import { ProblemError } from './problem.ts';
import type { ApiRequest } from './request.ts';

/** The longest wait that fits into API Gateway's 30 s, in seconds. */
export const maxWaitSeconds = 25;

/**
 * Reads the preference `wait` of a `Prefer` header (RFC 7240). As the RFC has it, a preference is never an error: other ones and
 * a value that is no number of seconds are ignored, the first of several counts, and a longer wait is cut to
 * {@link maxWaitSeconds}.
 *
 * @returns whole seconds that the answer may wait, or undefined if the client did not ask to wait
 */
export const readWait = (prefer: string | undefined): number | undefined => {
  const preferences = prefer?.match(/(?:"[^"]*"|[^,"])+/g) ?? [];
  const wait = preferences.find((preference) => /^\s*wait\s*(?:[=;]|$)/i.test(preference));
  const [, digits] = /^\s*wait\s*=\s*"?(\d+)"?\s*(?:;|$)/i.exec(wait ?? '') ?? [];
  const seconds = Math.min(Number(digits), maxWaitSeconds);
  return seconds >= 1 ? seconds : undefined;
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

/** The schema of `x-output-name` in the description of the API. */
export const outputNameHeader = (description: string) =>
  z.string().min(1).max(maxTemplateLength).optional().meta({ description });

/**
 * Reads `x-output-name`, whose placeholders are filled in later.
 *
 * @throws {ProblemError} 400 if it is blank, too long or badly encoded
 */
export const readOutputName = (header: string | undefined): string | undefined => {
  if (header === undefined) return undefined;
  const template = decodeTemplate(header);
  if (template !== undefined) return template;
  const problem = `must have 1 to ${maxTemplateLength} characters, of which those beyond ASCII are percent-encoded`;
  throw invalidHeader('x-output-name', ` ${problem}`, `value ${problem}`);
};

/** The schema of `x-label` in the description of the API. */
export const labelHeader = (description: string) =>
  z
    .string()
    .optional()
    .meta({
      description: `${description}, such as \`campaign=spring\`, several times or with commas in between: they ${labelRule}. Outputs bear them as tags, and usage is told by them.`,
    });

/**
 * Reads `x-label`; API Gateway joins a header that stands several times with commas.
 *
 * @throws {ProblemError} 400 if it holds anything but labels
 */
export const readLabels = (header: string | undefined): Labels | undefined => {
  if (header === undefined) return undefined;
  const labels = parseLabels(header);
  if (labels !== undefined) return labels;
  throw invalidHeader('x-label', ` ${labelRule}`, `value ${labelRule}`);
};

const maxKeyLength = 255;

/**
 * Reads an `Idempotency-Key`. Clients send it bare or, as the draft of its standard has it, as a quoted string (RFC 8941): both
 * are the same key.
 *
 * @throws {ProblemError} 400 if it is blank or longer than 255 characters
 */
export const readIdempotencyKey = (header: string | undefined): string | undefined => {
  if (header === undefined) return undefined;
  const [, quoted] = /^\s*"((?:[^"\\]|\\["\\])*)"\s*$/.exec(header) ?? [];
  const key = quoted?.replaceAll(/\\(["\\])/g, '$1') ?? header;
  if (key.trim() !== '' && key.length <= maxKeyLength) return key;
  const problem = `must have 1 to ${maxKeyLength} characters and not be blank`;
  throw invalidHeader('Idempotency-Key', ` ${problem}`, `value ${problem}`);
};

// API Gateway takes 10 KB of headers altogether.
const maxSecretLength = 8_192;

/**
 * Reads the secrets that go to Adobe with a request. What they are stands in no error.
 *
 * @throws {ProblemError} 400 if one is missing or no header can hold it
 */
export const readSecretHeaders = (
  request: Pick<ApiRequest, 'header'>,
  { secretHeaders }: Pick<OperationDefinition, 'secretHeaders'>,
): Record<string, string> | undefined =>
  secretHeaders &&
  Object.fromEntries(
    secretHeaders.map((name) => {
      const value = request.header(name)?.trim() ?? '';
      if (value === '') throw invalidHeader(name, ' is required', 'field required');
      if (/^[\x21-\x7e]+$/.test(value) && value.length <= maxSecretLength) return [name, value];
      const problem = `must be a token of at most ${maxSecretLength} characters`;
      throw invalidHeader(name, ` ${problem}`, `value ${problem}`);
    }),
  );

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
