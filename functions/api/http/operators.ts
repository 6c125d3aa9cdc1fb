import type { Operators } from '#shared/deployment/job-environments.ts';
import { ProblemError } from './problem.ts';
import type { ApiRequest } from './request.ts';

/** Whether a caller is an operator; undefined where IAM decides it anew for each route. */
export const isOperator = (
  operators: Operators,
  request: Pick<ApiRequest, 'caller' | 'isOperator'>,
): boolean | undefined => {
  if (operators === 'policy') return undefined;
  if (operators === 'everybody') return true;
  return operators === 'callers' ? request.isOperator : operators.includes(request.caller());
};

/**
 * Lets operators pass.
 *
 * @param route key of the operators' route, such as `PUT /queue/pause`
 * @throws {ProblemError} 403 for other callers, 401 if the authorizer names no caller
 */
export const requireOperator = (operators: Operators, request: ApiRequest, route: string): void => {
  // API Gateway asks IAM about the route it has found. On its route for all the rest a caller's permission would do, so a path
  // that gets there by another spelling, such as a slash at its end, passes for no operator.
  if (isOperator(operators, request) ?? request.routeKey === route) return;
  throw new ProblemError(403, 'operator_required', 'Only operators of this gateway may do this.');
};
