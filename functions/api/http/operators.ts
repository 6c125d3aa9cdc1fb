import type { Operators } from '#shared/deployment/job-environments.ts';
import { ProblemError } from './problem.ts';
import type { ApiRequest } from './request.ts';

/**
 * Lets operators pass.
 *
 * @param route key of the operators' route, such as `PUT /queue/pause`
 * @throws {ProblemError} 403 for other callers, 401 if the authorizer names no caller
 */
export const requireOperator = (operators: Operators, request: ApiRequest, route: string): void => {
  if (operators === 'everybody') return;
  // API Gateway asks IAM about the route it has found. On its route for all the rest a caller's permission would do, so a path
  // that gets there by another spelling, such as a slash at its end, passes for no operator.
  const allowed = operators === 'policy' ? request.routeKey === route : operators.includes(request.caller());
  if (!allowed) throw new ProblemError(403, 'operator_required', 'Only operators of this gateway may do this.');
};
