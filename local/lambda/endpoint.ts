import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import { readAccessKeyId } from '#shared/loopback-guard.ts';
import type { Authorizer } from '../iam/authorizer.ts';
import { ServiceError } from '../service-error.ts';
import { listLambdaAccesses } from './accesses.ts';
import type { Executions } from './durable/executions.ts';
import { registerDurableRoutes } from './durable-routes.ts';
import { notFound } from './errors.ts';
import { functionArn, memorySizeMb, parseFunctionReference } from './function-definition.ts';
import type { Invocations } from './invocations.ts';
import { registerInvokeRoute } from './invoke-route.ts';
import type { DeployedFunction } from './sandbox-pool.ts';

// Above the largest limit of the API itself, whose own error is then read by the client.
const bodyLimitBytes = 32 * 1024 * 1024;

/**
 * The Lambda API over HTTP, as far as the gateway and the durable SDK use it: Invoke, GetFunctionConfiguration,
 * GetAccountSettings, CheckpointDurableExecution, GetDurableExecutionState, GetDurableExecution and
 * ListDurableExecutionsByFunction. It is not listening yet.
 */
export const createEndpoint = (parts: {
  functions: ReadonlyMap<string, DeployedFunction>;
  invocations: Invocations;
  executions: Executions;
  authorizer: Authorizer | undefined;
}): FastifyInstance => {
  const server = fastify({
    logger: false,
    bodyLimit: bodyLimitBytes,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 1_000 },
  });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  server.setErrorHandler((error, _request, reply) => sendError(reply, error));
  server.setNotFoundHandler((request, reply) => sendError(reply, unsupported(request)));
  const { authorizer } = parts;
  if (authorizer !== undefined) {
    server.addHook('preHandler', async (request) => {
      const denial = authorizer.findDenial(readAccessKeyId(request.headers), listLambdaAccesses(request));
      if (denial !== undefined) throw new ServiceError('AccessDeniedException', denial, 403);
    });
  }
  registerInvokeRoute(server, parts.invocations);
  registerConfigurationRoute(server, parts.functions);
  registerDurableRoutes(server, parts.executions);
  // As an account has it that AWS has raised once.
  server.get('/2016-08-19/account-settings', async () => ({
    AccountLimit: { ConcurrentExecutions: 1_000, UnreservedConcurrentExecutions: 1_000 },
  }));
  return server;
};

const unsupported = (request: FastifyRequest) =>
  new ServiceError(
    'UnsupportedOperationException',
    `The local Lambda service does not serve ${request.method} ${request.url.split('?')[0]}`,
    501,
  );

const sendError = (reply: FastifyReply, error: unknown) => {
  const { code, status, message } = error instanceof ServiceError ? error : internalError(error);
  return reply
    .code(status)
    .header('x-amzn-errortype', code)
    .send({ Type: status < 500 ? 'User' : 'Service', message, Message: message });
};

const internalError = (error: unknown) =>
  new ServiceError('ServiceException', error instanceof Error ? error.message : String(error), 500);

/** Adds GetFunctionConfiguration. */
const registerConfigurationRoute = (
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
