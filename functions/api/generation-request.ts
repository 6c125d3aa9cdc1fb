import { checkRequest } from '#shared/adobe/firefly/check-request.ts';
import type { ModelVersions, OperationDefinition } from '#shared/adobe/firefly/operation.ts';
import { defaultModelVersion, type OperationOverrides } from '#shared/adobe/firefly/operation-settings.ts';
import { readJsonBody } from '#shared/http/json-body.ts';
import { ProblemError } from '#shared/http/problem.ts';
import { toValidationErrors, type ValidationError } from '#shared/http/validation-errors.ts';
import { type Priority, priorities } from '#shared/jobs/job.ts';
import { readIdempotencyKey } from './job-identity.ts';
import type { ApiRequest } from './request.ts';

const largestBody = 100 * 1024;

/** A generation request that Adobe would take. */
export interface GenerationRequest {
  body: unknown;
  /** The caller's `x-model-version`. */
  modelVersion?: string;
  priority: Priority;
  idempotencyKey?: string;
  /** What the caller should know though the request is accepted. */
  warnings: string[];
}

/**
 * Reads and checks a request for an operation.
 *
 * @throws {ProblemError} 4xx naming every header and field that is wrong
 */
export const readGenerationRequest = (
  request: ApiRequest,
  operation: OperationDefinition,
  overrides: OperationOverrides,
): GenerationRequest => {
  const idempotencyKey = readIdempotencyKey(request.header('idempotency-key'));
  const priority = readPriority(request.header('x-priority'));
  const body = readJsonBody(request.body, largestBody);
  // Where Adobe knows no model version the header is left out, as Adobe ignores it.
  const modelVersion = operation.models === undefined ? undefined : request.header('x-model-version');
  const { issues, warnings } = checkRequest(operation, body, modelVersion ?? defaultModelVersion(operation, overrides));
  const validationErrors = [
    ...modelVersionErrors(operation.models, modelVersion),
    ...toValidationErrors(issues, 'body'),
  ];
  if (validationErrors.length > 0) {
    throw new ProblemError(422, 'validation_error', sentenceOf(validationErrors), { validationErrors });
  }
  return { body, modelVersion, priority, idempotencyKey, warnings };
};

const modelVersionErrors = (models: ModelVersions | undefined, header: string | undefined): ValidationError[] => {
  const loc = ['header', 'x-model-version'];
  if (models === undefined) return [];
  if (header === undefined) {
    return models.required ? [{ loc, msg: 'field required', type: 'value_error.missing' }] : [];
  }
  if (models.values.includes(header)) return [];
  const permitted = models.values.map((name) => `'${name}'`).join(', ');
  const msg = `value is not a valid enumeration member; permitted: ${permitted}`;
  return [{ loc, msg, type: 'type_error.enum', ctx: { enum_values: [...models.values] } }];
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
