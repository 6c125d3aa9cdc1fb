import { checkRequest } from '../adobe/services/check-request.ts';
import type { ModelVersions, OperationDefinition } from '../adobe/services/operation.ts';
import { defaultModelVersion, type OperationOverrides } from '../adobe/services/operation-settings.ts';
import { parseExactly } from '../exact-json.ts';
import { type FieldPath, findNullFields, removeFields } from './null-fields.ts';
import { listErrors, toValidationErrors, type ValidationError } from './validation-errors.ts';

/** Largest request body that is taken, in bytes: a job's record holds it. */
export const maxRequestBytes = 100 * 1024;

/** What was found in a request for an operation. */
export interface RequestValidation {
  /** The body without the fields that are null because they are not set. */
  body: unknown;
  /** Where those fields stood. */
  nullFields: readonly FieldPath[];
  /** Everything that Adobe would refuse, in Adobe's shape; empty for a valid request. */
  validationErrors: ValidationError[];
  /** What the caller should know though the request is accepted. */
  warnings: string[];
}

/**
 * Checks a request as Adobe would, but for optional fields that are null: they count as not given, and are to be left out of what
 * is sent, as Adobe does not say whether it takes them.
 *
 * @param given the body as it was parsed
 * @param modelVersion the caller's `x-model-version`; without one the deployment's default counts
 */
export const validateRequest = (
  operation: OperationDefinition,
  given: unknown,
  modelVersion: string | undefined,
  overrides: OperationOverrides,
): RequestValidation => {
  const nullFields = findNullFields(operation.body, given);
  const body = nullFields.length === 0 ? given : removeFields(structuredClone(given), nullFields);
  const { issues, warnings } = checkRequest(operation, body, modelVersion ?? defaultModelVersion(operation, overrides));
  return {
    body,
    nullFields,
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

/**
 * The text of a body as it is stored and sent: the caller's own unless fields are left out of it. Then the rest is written anew,
 * its numbers as they were; it is never longer.
 */
export const writeBody = (text: string, nullFields: readonly FieldPath[]): string =>
  nullFields.length === 0 ? text : JSON.stringify(removeFields(parseExactly(text), nullFields));
