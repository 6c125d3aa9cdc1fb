import { v5, v7 } from 'uuid';
import { countRequestedOutputs, type OperationDefinition } from '#shared/adobe/services/operation.ts';
import type { OperationOverrides } from '#shared/adobe/services/operation-settings.ts';
import { checkInputs, type InputContext, type InputFinding } from '#shared/inputs/check-inputs.ts';
import { getInputLimits } from '#shared/inputs/inspect.ts';
import type { NewJob } from '#shared/jobs/job.ts';
import type { Priority } from '#shared/priority.ts';
import type { Labels } from '#shared/requests/labels.ts';
import { fillName } from '#shared/requests/name-template.ts';
import {
  maxRequestBytes,
  validateRequest,
  validationSentence,
  writeBody,
} from '#shared/requests/request-validation.ts';
import { boundErrors, listErrors } from '#shared/requests/validation-errors.ts';
import {
  readIdempotencyKey,
  readLabels,
  readMaxAge,
  readOutputName,
  readPriority,
  readSecretHeaders,
} from '../http/headers.ts';
import { readJsonBody } from '../http/json-body.ts';
import { ProblemError } from '../http/problem.ts';
import type { ApiRequest } from '../http/request.ts';

/** A generation request that Adobe would take. */
export interface GenerationRequest {
  body: Readonly<Record<string, unknown>>;
  /** What is stored and sent: the caller's own text. */
  text: string;
  /** The caller's `x-model-version`. */
  modelVersion?: string;
  priority: Priority;
  idempotencyKey?: string;
  /** How its outputs are called. */
  outputName?: NewJob['outputName'];
  labels?: Labels;
  /** How old an equal request's outputs may be to be used again, in seconds. */
  maxAgeSeconds?: number;
  /** Secrets of the caller that go to Adobe as headers, by their names. */
  secretHeaders?: NewJob['secretHeaders'];
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
  const { text, value } = readJsonBody(request.body, maxRequestBytes);
  // Where Adobe knows no model version the header is left out, as Adobe ignores it.
  const modelVersion = operation.models === undefined ? undefined : request.header('x-model-version');
  const validated = validateRequest(operation, value, modelVersion, overrides);
  const { nullFields, validationErrors, warnings } = validated;
  if (validationErrors.length > 0) {
    throw new ProblemError(422, 'validation_error', validationSentence(validationErrors), { validationErrors });
  }
  // What passed is an object.
  const body = validated.body as Readonly<Record<string, unknown>>;
  const maxAgeSeconds = readMaxAge(request.header('cache-control'));
  const template = readOutputName(request.header('x-output-name'));
  const outputName = template === undefined ? undefined : nameOutputs(operation, template, { modelVersion, body });
  return {
    body,
    text: writeBody(text, nullFields),
    modelVersion,
    priority,
    idempotencyKey,
    outputName,
    labels: readLabels(request.header('x-label')),
    maxAgeSeconds,
    secretHeaders: readSecretHeaders(request, operation),
    warnings,
  };
};

/** @throws {ProblemError} 422 naming the placeholder that is wrong */
const nameOutputs = (
  operation: OperationDefinition,
  template: string,
  { modelVersion, body }: Pick<GenerationRequest, 'modelVersion' | 'body'>,
): NewJob['outputName'] => {
  const filled = fillName(template, { fields: { operation: operation.name, modelVersion }, body });
  if ('name' in filled) {
    return { name: filled.name, count: countRequestedOutputs(operation, body) ?? 1 };
  }
  throw new ProblemError(422, 'validation_error', filled.problem, {
    validationErrors: [{ loc: ['header', 'x-output-name'], msg: filled.problem, type: 'value_error' }],
  });
};

const namespace = 'f1b5e4a2-6c0d-5b7e-9a38-2d4c6e8f0a13';

/**
 * The id of a job. With an idempotency key it follows from stack, caller and key, so that a repeated request finds the
 * job that the first one made; without one it is new and sorts by time.
 */
export const buildJobId = (stackName: string, caller: string, key: string | undefined): string =>
  key === undefined ? v7() : v5(JSON.stringify([caller, key]), v5(stackName, namespace));

/**
 * Refuses a request whose inputs the gateway could not make readable for its service.
 *
 * @returns when the latest of its inputs was written, in epoch ms; undefined if there are none
 * @throws {ProblemError} 403 for what the caller may not use, else 422, naming each field
 */
export const requireInputs = async (
  inputs: InputContext,
  operation: OperationDefinition,
  { caller, body }: { caller: string; body: unknown },
): Promise<number | undefined> => {
  const { findings, changedAt } = await checkInputs(inputs, {
    caller,
    body,
    limits: getInputLimits(operation, inputs.maxBytes),
  });
  if (findings.length > 0) throw inputProblem(findings);
  return changedAt;
};

const inputProblem = (findings: readonly InputFinding[]): ProblemError => {
  const errors = findings.map(({ path, problem, message }) => ({
    loc: ['body', ...path],
    msg: message,
    type: `value_error.input.${problem}`,
  }));
  const validationErrors = boundErrors(errors, 'body');
  const sentence = listErrors(validationErrors);
  const forbidden = findings.some(({ problem }) => problem === 'forbidden');
  return forbidden
    ? new ProblemError(403, 'input_forbidden', `An input may not be used: ${sentence}.`, { validationErrors })
    : new ProblemError(422, 'validation_error', `An input cannot be used: ${sentence}.`, { validationErrors });
};
