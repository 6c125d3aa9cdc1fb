import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { findRefusal } from '#shared/loopback-guard.ts';
import type { createForward, ForwardedAnswer } from './forward.ts';

type Forward = ReturnType<typeof createForward>;

// API Gateway takes no more.
const maxBodyBytes = 10 * 1024 * 1024;

/** A console that is being served. */
export interface ConsoleServer {
  /** With the key that lets its reader in. */
  url: string;
  close(): Promise<void>;
}

/**
 * Serves the console on 127.0.0.1. Every program of this machine and every page of a browser can reach the port: a request is
 * passed on only if it names this server and comes from no other origin, and if it has the cookie that the printed address sets.
 *
 * @param options.port 0 for any that is free
 * @throws an error with the code EADDRINUSE if the port is taken
 */
export const serveConsole = async (
  forward: Forward,
  { port, explain }: { port: number /** What a person is told of a failure. */; explain: (error: unknown) => string },
): Promise<ConsoleServer> => {
  const key = randomBytes(24).toString('base64url');
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      refuse(response, 502, 'gateway_unreachable', explain(error));
    });
  });

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { port: own } = server.address() as AddressInfo;
    const refusal = findRefusal(request.headers, own);
    if (refusal !== undefined) return refuse(response, refusal.status, refusal.code, refusal.message);
    const { method = 'GET', url: target = '/' } = request;
    if (!target.startsWith('/')) return refuse(response, 400, 'bad_request', 'The request names no path.');
    const cookie = `firefly-console-${own}`;
    const given = new URLSearchParams(target.split('?')[1]).get('key');
    if (method === 'GET' && given !== null && isSame(given, key)) {
      const attributes = 'Path=/; HttpOnly; SameSite=Strict';
      response.writeHead(303, { ...common, location: '/console/', 'set-cookie': `${cookie}=${key}; ${attributes}` });
      response.end();
      return;
    }
    if (!isSame(readCookie(request, cookie), key)) {
      return refuse(response, 401, 'unauthorized', 'Open the address that the command has printed.');
    }
    const body = await readBody(request);
    if (body === undefined) return refuse(response, 413, 'request_too_large', 'The body has more than 10 MB.');
    send(
      response,
      await forward({ method, target, headers: readHeaders(request), body: body.length > 0 ? body : undefined }),
    );
  };

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', () => resolve());
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/?key=${key}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

const common = { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', 'x-content-type-options': 'nosniff' };

const refuse = (response: ServerResponse, status: number, code: string, message: string): void => {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(status, { ...common, 'content-type': 'application/problem+json' });
  response.end(JSON.stringify({ title: code, status, detail: message, error_code: code, message }));
};

const send = (response: ServerResponse, { status, headers, body }: ForwardedAnswer): void => {
  response.writeHead(status, headers);
  response.end(body);
};

const isSame = (given: string, key: string): boolean =>
  given.length === key.length && timingSafeEqual(Buffer.from(given.padEnd(key.length)), Buffer.from(key));

const readCookie = ({ headers: { cookie = '' } }: IncomingMessage, name: string): string =>
  cookie
    .split(';')
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1) ?? '';

const readHeaders = ({ headers }: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : String(value)]),
  );

/** @returns undefined if there is more of it than is passed on */
const readBody = async (request: IncomingMessage): Promise<Uint8Array<ArrayBuffer> | undefined> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > maxBodyBytes) return undefined;
    chunks.push(chunk as Buffer);
  }
  return new Uint8Array(Buffer.concat(chunks));
};
