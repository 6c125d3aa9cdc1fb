import { checkRequest } from '../adobe/services/check-request.ts';
import type { ModelVersions, OperationDefinition } from '../adobe/services/operation.ts';
import { defaultModelVersion, type OperationOverrides } from '../adobe/services/operation-settings.ts';
import { listErrors, toValidationErrors, type ValidationError } from './validation-errors.ts';

/** Largest request body that is taken, in bytes: a job's record holds it. */
export const maxRequestBytes = 100 * 1024;

/** What was found in a request for an operation. */
export interface RequestValidation {
  /** Everything that Adobe would refuse, in Adobe's shape; empty for a valid request. */
  validationErrors: ValidationError[];
  /** What the caller should know though the request is accepted. */
  warnings: string[];
}

/**
 * Checks a request as Adobe would.
 *
 * @param modelVersion the caller's `x-model-version`; without one the deployment's default counts
 */
export const validateRequest = (
  operation: OperationDefinition,
  body: unknown,
  modelVersion: string | undefined,
  overrides: OperationOverrides,
): RequestValidation => {
  const { issues, warnings } = checkRequest(operation, body, modelVersion ?? defaultModelVersion(operation, overrides));
  return {
    validationErrors: [...modelVersionErrors(operation.models, modelVersion), ...toValidationErrors(issues, 'body')],
    warnings,
  };
};

/** One sentence that names every wrong field. */
export const validationSentence = (errors: readonly ValidationError[]): string =>
  `Adobe would refuse the request: ${listErrors(errors)}.`;

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
