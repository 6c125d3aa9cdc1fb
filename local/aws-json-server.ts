import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type * as z from 'zod';

/** An error as an AWS service answers it; `code` is what the SDK shows as the exception's name. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly code: string;
  readonly statusCode: number;

  constructor(code: string, message: string, statusCode = 400) {
    super(message);
    this.code = code;
    this.statusCode = statusCode;
  }
}

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

/** A server of one AWS service on 127.0.0.1. */
export interface AwsJsonServer {
  readonly url: string;
  close(): Promise<void>;
}

const bodyLimit = 4 * 1024 * 1024;

const answer = async (
  request: IncomingMessage,
  targetPrefix: string,
  operations: Readonly<Record<string, Operation>>,
): Promise<unknown> => {
  const body = await buffer(request);
  if (request.method !== 'POST') throw new ServiceError('UnknownOperationException', 'Only POST is served.', 404);
  if (body.length > bodyLimit) throw new ServiceError('RequestEntityTooLargeException', 'Request too large.', 413);
  const [prefix, name = ''] = String(request.headers['x-amz-target'] ?? '').split('.');
  const run = prefix === targetPrefix && Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (!run) throw new ServiceError('UnknownOperationException', 'The requested operation is not served here.');
  if (!request.headers.authorization?.startsWith('AWS4-HMAC-SHA256 ')) {
    throw new ServiceError('MissingAuthenticationTokenException', 'Missing Authentication Token');
  }
  let input: unknown;
  try {
    input = JSON.parse(body.toString('utf8') || '{}');
  } catch (cause) {
    if (cause instanceof SyntaxError) throw new ServiceError('SerializationException', 'The body is not JSON.');
    throw cause;
  }
  return run(input);
};

const send = (response: ServerResponse, statusCode: number, body: unknown) => {
  response.writeHead(statusCode, {
    'content-type': 'application/x-amz-json-1.1',
    'x-amzn-requestid': randomUUID(),
  });
  response.end(JSON.stringify(body ?? {}));
};

/**
 * Serves one AWS service's JSON 1.1 protocol to unmodified clients; any credentials are accepted, unsigned requests are not.
 *
 * @param options.targetPrefix what precedes the operation in `X-Amz-Target`, such as `secretsmanager`
 * @param options.port 0 takes a free port
 */
export const startAwsJsonServer = async (options: {
  targetPrefix: string;
  operations: Readonly<Record<string, Operation>>;
  port?: number;
}): Promise<AwsJsonServer> => {
  const server = createServer((request, response) => {
    answer(request, options.targetPrefix, options.operations).then(
      (body) => send(response, 200, body),
      (error: unknown) => {
        if (error instanceof ServiceError) {
          send(response, error.statusCode, { __type: error.code, Message: error.message, message: error.message });
        } else if (!request.destroyed || request.complete) {
          console.error(error);
          send(response, 500, { __type: 'InternalServiceError', message: 'An error occurred on the server side.' });
        }
      },
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  let closed: Promise<void> | undefined;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      closed ??= new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      });
      return closed;
    },
  };
};
