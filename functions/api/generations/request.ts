import type { OperationDefinition } from '#shared/adobe/services/operation.ts';
import type { OperationOverrides } from '#shared/adobe/services/operation-settings.ts';
import { type Priority, priorities } from '#shared/jobs/job.ts';
import { largestRequestBytes, validateRequest, validationSentence } from '#shared/requests/request-validation.ts';
import { readMaxAge } from '../http/headers.ts';
import { readJsonBody } from '../http/json-body.ts';
import { ProblemError } from '../http/problem.ts';
import type { ApiRequest } from '../http/request.ts';
import { readIdempotencyKey } from './job-identity.ts';

/** A generation request that Adobe would take. */
export interface GenerationRequest {
  body: unknown;
  /** The caller's `x-model-version`. */
  modelVersion?: string;
  priority: Priority;
  idempotencyKey?: string;
  /** How old an equal request's outputs may be to be used again, in seconds. */
  maxAgeSeconds?: number;
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
  const priority = readPriority(request.header('x-priority'), 'normal');
  const body = readJsonBody(request.body, largestRequestBytes);
  // What is stored is the body written anew, which may be longer: `1e20` becomes 21 digits.
  if (Buffer.byteLength(JSON.stringify(body)) > largestRequestBytes) {
    throw new ProblemError(
      413,
      'request_too_large',
      `The body has more than ${largestRequestBytes} bytes once its numbers are written out.`,
    );
  }
  // Where Adobe knows no model version the header is left out, as Adobe ignores it.
  const modelVersion = operation.models === undefined ? undefined : request.header('x-model-version');
  const { validationErrors, warnings } = validateRequest(operation, body, modelVersion, overrides);
  if (validationErrors.length > 0) {
    throw new ProblemError(422, 'validation_error', validationSentence(validationErrors), { validationErrors });
  }
  const maxAgeSeconds = readMaxAge(request.header('cache-control'));
  return { body, modelVersion, priority, idempotencyKey, maxAgeSeconds, warnings };
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
  throw new ProblemError(400, 'bad_request', `The header x-priority ${problem}.`, {
    validationErrors: [{ loc: ['header', 'x-priority'], msg: `value ${problem}`, type: 'value_error' }],
  });
};
