import {
  checkGenerateImages,
  type ImageModelVersion,
  imageModelVersions,
} from '#shared/adobe/firefly/generate-images-request.ts';
import { readJsonBody } from '#shared/http/json-body.ts';
import { ProblemError } from '#shared/http/problem.ts';
import { toValidationErrors, type ValidationError } from '#shared/http/validation-errors.ts';
import { type Priority, priorities } from '#shared/jobs/job.ts';
import { readIdempotencyKey } from './job-identity.ts';
import type { ApiRequest } from './request.ts';

const largestBody = 100 * 1024;
const mostWarnings = 20;
const longestFieldName = 200;

/** A generation request that Adobe would take. */
export interface GenerationRequest {
  body: unknown;
  modelVersion?: ImageModelVersion;
  priority: Priority;
  idempotencyKey?: string;
  /** What the caller should know though the request is accepted. */
  warnings: string[];
}

/**
 * Reads and checks a request to generate images.
 *
 * @throws {ProblemError} 4xx naming every header and field that is wrong
 */
export const readGenerationRequest = (request: ApiRequest): GenerationRequest => {
  const idempotencyKey = readIdempotencyKey(request.header('idempotency-key'));
  const priority = readPriority(request.header('x-priority'));
  const body = readJsonBody(request.body, largestBody);
  const header = request.header('x-model-version');
  const modelVersion = imageModelVersions.find((version) => version === header);
  const { issues, unknownFields } = checkGenerateImages(body, modelVersion);
  const validationErrors = toValidationErrors(issues, 'body');
  if (header !== undefined && modelVersion === undefined) validationErrors.unshift(unknownModelVersion);
  if (validationErrors.length > 0) {
    throw new ProblemError(422, 'validation_error', sentenceOf(validationErrors), { validationErrors });
  }
  return { body, modelVersion, priority, idempotencyKey, warnings: warningsOf(unknownFields) };
};

const unknownModelVersion: ValidationError = {
  loc: ['header', 'x-model-version'],
  msg: `value is not a valid enumeration member; permitted: ${imageModelVersions.map((name) => `'${name}'`).join(', ')}`,
  type: 'type_error.enum',
  ctx: { enum_values: [...imageModelVersions] },
};

const readPriority = (header: string | undefined): Priority => {
  const priority = priorities.find((name) => name === (header ?? 'normal'));
  if (priority !== undefined) return priority;
  const problem = `is not one of ${priorities.join(', ')}`;
  throw new ProblemError(400, 'bad_request', `The header x-priority ${problem}.`, {
    validationErrors: [{ loc: ['header', 'x-priority'], msg: `value ${problem}`, type: 'value_error' }],
  });
};

const sentenceOf = (errors: readonly ValidationError[]): string =>
  `Adobe would refuse the request: ${errors.map(({ loc, msg }) => `${loc.join('.')}: ${msg}`).join('; ')}.`;

const warningsOf = (unknownFields: readonly string[]): string[] => {
  const named = unknownFields
    .slice(0, mostWarnings)
    .map((field) => field.toWellFormed().slice(0, longestFieldName))
    .map((field) => `Adobe does not document the field ${field}; it is passed on unchanged.`);
  const more = unknownFields.length - named.length;
  return more > 0 ? [...named, `So it is with ${more} more fields.`] : named;
};
