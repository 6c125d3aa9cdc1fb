import type { FastifyRequest } from 'fastify';
import type { Access } from '../iam/statements.ts';
import { functionArn, parseFunctionReference } from './function-definition.ts';

/** The action that each route of the API is, by its method and the end of its path. */
const actions: readonly [RegExp, string][] = [
  [/^POST .*\/invocations$/, 'lambda:InvokeFunction'],
  [/^GET .*\/configuration$/, 'lambda:GetFunctionConfiguration'],
  [/^POST .*\/checkpoint$/, 'lambda:CheckpointDurableExecution'],
  [/^GET .*\/state$/, 'lambda:GetDurableExecutionState'],
  [/^GET .*\/durable-executions\/:arn$/, 'lambda:GetDurableExecution'],
  [/^GET .*\/account-settings$/, 'lambda:GetAccountSettings'],
  [/^GET .*\/:functionReference\/durable-executions$/, 'lambda:ListDurableExecutionsByFunction'],
];

/** What IAM asks for a request: on a function with its qualifier, or on the ARN of a durable execution, which begins with its function's. */
export const listLambdaAccesses = (request: FastifyRequest): Access[] => {
  const { functionReference, arn } = request.params as { functionReference?: string; arn?: string };
  const route = `${request.method} ${request.routeOptions.url}`;
  const action = actions.find(([pattern]) => pattern.test(route))?.[1];
  // Nothing allows it: neither a path that is not served, nor a route that is missing above.
  if (action === undefined) return [{ action: `lambda:${route}`, resource: '*' }];
  if (functionReference === undefined) return [{ action, resource: arn ?? '*' }];
  const { Qualifier } = request.query as { Qualifier?: string };
  const { name, qualifier } = parseFunctionReference(functionReference, Qualifier);
  return [{ action, resource: functionArn(name, qualifier) }];
};
