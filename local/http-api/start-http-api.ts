import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { ProblemError, problemResponse } from '#functions/api/http/problem.ts';
import { findRefusal, type GuardRules } from '#shared/loopback-guard.ts';
import { authorizeEvent, type CallerFunctions, isCallerRoute } from './caller-functions.ts';
import { answerHeaders, type CorsSettings, isPreflight, preflightHeaders } from './cors.ts';
import type { IamAccess } from './iam-access.ts';
import { callIntegration } from './integration.ts';
import type { ClientResponse } from './integration-response.ts';
import { answerOnSocket, problemOfParseError } from './malformed-request.ts';
import { announcesTooMuch, drain, readBody } from './request-body.ts';
import { type ApiIdentity, type HttpApiEvent, toEvent } from './request-event.ts';

export interface HttpApiOptions extends Pick<GuardRules, 'hosts' | 'anyPort'> {
  /** Port on 127.0.0.1; a free one by default. */
  port?: number;
  /** Runs the function behind the API and resolves with its result. */
  invokeApi(event: HttpApiEvent): Promise<unknown>;
  /** The functions behind the routes and in front of them that callers' own credentials need; without, there are none. */
  callers?: CallerFunctions;
  /** Lets in only who signs, in mode `iam`; without it everybody is who it claims to be. */
  iamAccess?: IamAccess | undefined;
  /** Whether nothing may be taken that has to be stored; a gateway with room by default. */
  isStorageLow?: () => boolean;
  /** Without it browsers of other origins get nothing. */
  cors?: CorsSettings;
  /** Base URL that clients call, where it differs from this server's own. */
  gatewayUrl?: string;
  /** Longest time the function may take in milliseconds; API Gateway allows 30 s. */
  integrationTimeoutMs?: number;
  /** Receives what the function failed with. */
  onError?(error: unknown): void;
}

/** A local API Gateway HTTP API. */
export interface HttpApi {
  url: string;
  /** Ends all connections at once, also those in use. */
  close(): Promise<void>;
}

// API Gateway: 10240 bytes for the request line and all headers together.
const maxHeaderBytes = 10_240;

/**
 * Serves one function over HTTP as an API Gateway HTTP API does: payload format 2.0, its limits, its CORS. Every error
 * of its own is problem+json, answered before the connection ends.
 */
export const startHttpApi = async (options: HttpApiOptions): Promise<HttpApi> => {
  const { cors } = options;
  const fronts = options.gatewayUrl === undefined ? [] : [new URL(options.gatewayUrl).host];
  const rules = { origins: cors?.allowOrigins, hosts: [...fronts, ...(options.hosts ?? [])], anyPort: options.anyPort };
  const integration = {
    invokeApi: options.invokeApi,
    timeoutMs: options.integrationTimeoutMs ?? 30_000,
    onError: options.onError ?? (() => {}),
  };
  const identity: ApiIdentity = { accountId: '000000000000', apiId: 'local', domainName: '' };

  const respond = async (message: IncomingMessage, requestId: string): Promise<ClientResponse | undefined> => {
    if (message.httpVersion === '1.1' && message.headers.host === undefined) {
      throw new ProblemError(400, 'bad_request', 'The request has no Host header.');
    }
    const refusal = findRefusal(message.headers, message.socket.localPort ?? 0, rules);
    if (refusal) throw new ProblemError(refusal.status, refusal.code, refusal.message);
    const receivedAt = Date.now();
    const body = await readBody(message);
    if (cors && isPreflight(message)) {
      return { statusCode: 204, headers: preflightHeaders(cors, message.headers.origin), body: Buffer.alloc(0) };
    }
    if (body === undefined) return undefined;
    const received = toEvent({ message, body, requestId, receivedAt }, identity);
    const event = options.iamAccess?.admit(received, body) ?? received;
    const { callers } = options;
    if (event.requestContext.http.method === 'POST' && !isCallerRoute(event) && options.isStorageLow?.()) {
      const detail = 'The disk of the gateway is full. What was accepted goes on; send this again when there is room.';
      throw new ProblemError(507, 'insufficient_storage', detail);
    }
    if (callers === undefined) return callIntegration(integration, event);
    if (isCallerRoute(event)) return callIntegration({ ...integration, invokeApi: callers.invokeCallerToken }, event);
    return callIntegration(integration, await authorizeEvent(callers, event));
  };
  const handle = async (message: IncomingMessage, response: ServerResponse) => {
    const requestId = randomUUID();
    const answer = await respond(message, requestId).catch((error: unknown) => toProblem(error, requestId));
    if (!answer) return;
    const headers = cors && !isPreflight(message) ? withCors(answer.headers, cors, message) : answer.headers;
    await send(message, response, { ...answer, headers: { ...headers, 'apigw-requestid': requestId } });
  };
  const toProblem = (error: unknown, requestId: string): ClientResponse => {
    if (!(error instanceof ProblemError)) integration.onError(error);
    const problem =
      error instanceof ProblemError
        ? error
        : new ProblemError(500, 'internal_error', 'The gateway could not handle the request.');
    const { statusCode, headers, body } = problemResponse(problem, requestId);
    return { statusCode, headers, body: Buffer.from(body) };
  };

  const server = createServer({ maxHeaderSize: maxHeaderBytes, requireHostHeader: false });
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const current = new WeakMap<object, ServerResponse>();
  server.on('request', (message, response) => {
    current.set(message.socket, response);
    handle(message, response).catch((error: unknown) => {
      integration.onError(error);
      response.destroy();
    });
  });
  server.on('checkContinue', (message, response) => {
    // Told no before it starts, a client need not send what is too large at all.
    if (!announcesTooMuch(message)) response.writeContinue();
    server.emit('request', message, response);
  });
  server.on('checkExpectation', (message, response) => {
    const problem = new ProblemError(417, 'expectation_failed', 'The only expectation served is 100-continue.');
    void send(message, response, toProblem(problem, randomUUID()));
  });
  server.on('connect', (_message, socket) => {
    answerOnSocket(socket, new ProblemError(405, 'method_not_allowed', 'The gateway is not a proxy.'));
  });
  server.on('clientError', (error, socket) => {
    // An answer that has begun cannot be replaced.
    if (current.get(socket)?.headersSent && !current.get(socket)?.writableFinished) socket.destroy();
    else answerOnSocket(socket, problemOfParseError(error));
  });

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  identity.domainName = options.gatewayUrl ? new URL(options.gatewayUrl).host : host;
  return {
    url: `http://${host}`,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
};

const send = async (message: IncomingMessage, response: ServerResponse, answer: ClientResponse) => {
  if (response.destroyed) return;
  const unread = !message.complete;
  response.writeHead(answer.statusCode, {
    ...answer.headers,
    ...(hasLength(message, answer) && { 'content-length': answer.body.length }),
    ...(unread ? { connection: 'close' } : {}),
  });
  if (unread) {
    // The whole answer goes out now; the connection ends only after the client was let finish.
    response.flushHeaders();
    response.write(answer.body);
    await drain(message);
    response.end();
  } else response.end(answer.body);
};

// An answer to HEAD without a body does not say how long the one to GET is.
const hasLength = ({ method }: IncomingMessage, { statusCode, body }: ClientResponse) =>
  statusCode !== 204 && statusCode !== 304 && (method !== 'HEAD' || body.length > 0);

// With CORS configured, API Gateway ignores what the function says about it.
const withCors = (
  headers: ClientResponse['headers'],
  cors: CorsSettings,
  { headers: { origin } }: IncomingMessage,
) => ({
  ...Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('access-control-'))),
  ...answerHeaders(cors, origin),
});
