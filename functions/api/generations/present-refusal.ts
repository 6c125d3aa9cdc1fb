import type { OperationDefinition } from '#shared/adobe/services/operation.ts';
import { serviceOf } from '#shared/adobe/services/registry.ts';
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
  const problem = error instanceof PolicyRefusal ? toPolicyProblem(error, clock.now()) : error;
  if (dialect.presentRefusal === undefined || !(problem instanceof ProblemError) || problem.status >= 500) return error;
  const { status, code, message, details } = problem;
  const fields = (details.validationErrors ?? [])
    .filter(({ loc: [place] }) => place === 'body')
    .map(({ loc: [, ...path], msg, type }) => ({ path, message: msg, type }));
  const body = dialect.presentRefusal({ status, code, message, fields }, operation);
  return new ProblemError(status, code, message, { ...details, body });
};
