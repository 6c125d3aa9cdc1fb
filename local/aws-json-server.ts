import { randomUUID } from 'node:crypto';
import { type FastifyRequest, fastify } from 'fastify';
import type * as z from 'zod';
import { type GuardRules, guardServer, readAccessKeyId } from '#shared/loopback-guard.ts';
import type { Authorizer } from './iam/authorizer.ts';
import type { Access } from './iam/statements.ts';
import { ServiceError } from './service-error.ts';

/** One operation: takes the request's JSON body, returns what becomes the response's JSON body. */
export type Operation = (input: unknown) => unknown;

/**
 * Makes an operation that validates its input first.
 *
 * @param schema the operation's request members
 * @param invalidInputCode the error code with which this service refuses invalid members
 */
export const operation =
  <Schema extends z.ZodType>(
    schema: Schema,
    invalidInputCode: string,
    run: (input: z.output<Schema>) => unknown,
  ): Operation =>
  (input) => {
    const parsed = schema.safeParse(input);
    if (parsed.success) return run(parsed.data);
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new ServiceError(invalidInputCode, `Invalid request: ${problems.join('; ')}`);
  };

/** IAM before a service: what an operation needs with this input. */
export interface ServiceAccess {
  authorizer: Authorizer;
  list(operation: string, input: unknown): readonly Access[];
}

/** A server of one AWS service on 127.0.0.1. */
export interface AwsJsonServer {
  readonly url: string;
  close(): Promise<void>;
}

const maxBodyBytes = 4 * 1024 * 1024;

const parseBody = (body: string): unknown => {
  try {
    return JSON.parse(body || '{}');
  } catch (cause) {
    if (cause instanceof SyntaxError) throw new ServiceError('SerializationException', 'The body is not JSON.');
    throw cause;
  }
};

const toServiceError = (error: unknown): ServiceError => {
  if (error instanceof ServiceError) return error;
  const { code } = error as { code?: unknown };
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new ServiceError('RequestEntityTooLargeException', 'Request too large.', 413);
  }
  console.error(error);
  return new ServiceError('InternalServiceError', 'An error occurred on the server side.', 500);
};

/**
 * Serves one AWS service's JSON 1.1 protocol to unmodified clients; unsigned requests are refused.
 *
 * @param options.targetPrefix what precedes the operation in `X-Amz-Target`, such as `secretsmanager`
 * @param options.port 0 takes a free port
 * @param options.guard without an access key any credentials are accepted
 * @param options.access without it everything is allowed
 */
export const startAwsJsonServer = async ({
  targetPrefix,
  operations,
  port = 0,
  guard,
  access,
}: {
  targetPrefix: string;
  operations: Readonly<Record<string, Operation>>;
  port?: number;
  guard?: GuardRules | undefined;
  access?: ServiceAccess | undefined;
}): Promise<AwsJsonServer> => {
  const findOperation = ({ headers }: FastifyRequest): { name: string; run: Operation } => {
    const [prefix, name = ''] = String(headers['x-amz-target'] ?? '').split('.');
    const run = prefix === targetPrefix && Object.hasOwn(operations, name) ? operations[name] : undefined;
    if (run) return { name, run };
    throw new ServiceError('UnknownOperationException', 'The requested operation is not served here.');
  };
  const server = fastify({ logger: false, bodyLimit: maxBodyBytes, forceCloseConnections: true });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  server.setNotFoundHandler(() => {
    throw new ServiceError('UnknownOperationException', 'Only POST is served.', 404);
  });
  server.setErrorHandler((thrown, _request, reply) => {
    const { code, message, status } = toServiceError(thrown);
    return reply.code(status).send(JSON.stringify({ __type: code, Message: message, message }));
  });
  server.addHook('onRequest', async (_request, reply) => {
    reply.header('content-type', 'application/x-amz-json-1.1').header('x-amzn-requestid', randomUUID());
  });
  server.post('/', async (request) => {
    const { name, run } = findOperation(request);
    if (!request.headers.authorization?.startsWith('AWS4-HMAC-SHA256 ')) {
      throw new ServiceError('MissingAuthenticationTokenException', 'Missing Authentication Token');
    }
    const input = parseBody(String(request.body ?? ''));
    const denial = access?.authorizer.findDenial(readAccessKeyId(request.headers), access.list(name, input));
    if (denial !== undefined) throw new ServiceError('AccessDeniedException', denial);
    return JSON.stringify((await run(input)) ?? {});
  });
  await server.ready();
  guardServer(server.server, guard);
  const url = await server.listen({ host: '127.0.0.1', port });
  return { url, close: () => server.close() };
};
