import type { OperationDefinition } from '#shared/adobe/services/operation.ts';
import { serviceOf } from '#shared/adobe/services/registry.ts';
import { checkInputs, type InputFinding, type InputParts } from '#shared/inputs/check-inputs.ts';
import { boundErrors, listErrors } from '#shared/requests/validation-errors.ts';
import { ProblemError } from '../http/problem.ts';

/**
 * Refuses a request whose inputs the gateway could not make readable for its service.
 *
 * @returns when the latest of its inputs was written, in epoch ms; undefined if there are none
 * @throws {ProblemError} 403 for what the caller may not use, else 422, naming each field
 */
export const requireInputs = async (
  inputs: InputParts,
  operation: OperationDefinition,
  { caller, body }: { caller: string; body: unknown },
): Promise<number | undefined> => {
  const { inputTypes: types } = serviceOf(operation);
  const { findings, changedAt } = await checkInputs(inputs, { caller, body, types });
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
