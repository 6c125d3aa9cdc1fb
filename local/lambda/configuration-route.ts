import type { FastifyInstance } from 'fastify';
import { functionArn, memorySizeMb } from './function-definition.ts';
import { parseFunctionReference } from './function-reference.ts';
import type { DeployedFunction } from './invocations.ts';
import { notFound } from './service-error.ts';

/** Adds GetFunctionConfiguration. */
export const registerConfigurationRoute = (
  server: FastifyInstance,
  functions: ReadonlyMap<string, DeployedFunction>,
): void => {
  server.get<{ Params: { functionReference: string }; Querystring: { Qualifier?: string } }>(
    '/2015-03-31/functions/:functionReference/configuration',
    async ({ params, query }) => {
      const { name, qualifier } = parseFunctionReference(params.functionReference, query.Qualifier);
      const found = functions.get(name);
      if (!found) throw notFound(`Function not found: ${functionArn(name, qualifier)}`);
      const { env, timeoutMs } = found.definition;
      return {
        FunctionName: name,
        FunctionArn: functionArn(name, qualifier),
        Version: '$LATEST',
        State: 'Active',
        Timeout: Math.ceil(timeoutMs / 1000),
        MemorySize: memorySizeMb,
        Environment: { Variables: env },
      };
    },
  );
};
