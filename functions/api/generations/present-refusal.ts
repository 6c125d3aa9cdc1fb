import type { OperationDefinition } from '#shared/adobe/services/operation.ts';
import { serviceOf } from '#shared/adobe/services/registry.ts';
import type { PresentedRefusal } from '#shared/adobe/services/service.ts';
import { PolicyRefusal } from '#shared/callers/policy-refusal.ts';
import type { Clock } from '#shared/clock.ts';
import { ProblemError } from '../http/problem.ts';
import { toPolicyProblem } from '../http/unexpected-error.ts';

/**
 * Gives a refusal of a request for an operation the error body of its service, so that clients written for the service read it.
 *
 * @returns the error as it is if the service has no body of its own, or the request is not at fault
 */
export const presentRefusal = (error: unknown, operation: OperationDefinition, clock: Clock): unknown => {
  const { dialect } = serviceOf(operation);
  const { presentRefusal: write } = dialect;
  return write === undefined ? error : presentRefusalAs(error, (refusal) => write(refusal, operation), clock);
};

/**
 * Gives a refusal of a request an error body.
 *
 * @returns the error as it is if the request is not at fault
 */
export const presentRefusalAs = (
  error: unknown,
  write: (refusal: PresentedRefusal) => Record<string, unknown>,
  clock: Clock,
): unknown => {
  const problem = error instanceof PolicyRefusal ? toPolicyProblem(error, clock.now()) : error;
  if (!(problem instanceof ProblemError) || problem.status >= 500) return error;
  const { status, code, message, details } = problem;
  const fields = (details.validationErrors ?? [])
    .filter(({ loc: [place] }) => place === 'body')
    .map(({ loc: [, ...path], msg, type }) => ({ path, message: msg, type }));
  return new ProblemError(status, code, message, { ...details, body: write({ status, code, message, fields }) });
};
