import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';

/** From where a server takes requests, beside its own address on loopback. */
export interface GuardRules {
  /** Further values of `Host`, such as that of a proxy in front; none by default. */
  hosts?: readonly string[] | undefined;
  /** Whether any port on loopback will do, for proxies in front whose ports are not known yet. */
  anyPort?: boolean | undefined;
  /** Origins of pages that may send requests: exact ones, `*`, or `http://*` and `https://*` for any of that scheme. */
  origins?: readonly string[] | undefined;
  /** With them, requests must be signed with one of these access keys. */
  accessKeyIds?: readonly string[] | undefined;
}

/** Why a request is not served. */
export interface GuardRefusal {
  status: number;
  code: string;
  message: string;
}

/** An access key for the stand-ins of AWS. */
export interface AccessKey {
  accessKeyId: string;
  secretAccessKey: string;
  /** Of the temporary keys that roles have. */
  sessionToken?: string;
}

/** An access key that nobody can know who was not told. */
export const createAccessKey = (): AccessKey => ({
  accessKeyId: `LOCAL${randomBytes(16).toString('hex').toUpperCase()}`,
  secretAccessKey: randomBytes(30).toString('base64url'),
});

const loopbackNames = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * Decides whether a request may be served at all. Pages of other sites reach servers on loopback as well: by a name of theirs that
 * resolves to 127.0.0.1 (DNS rebinding), which their requests carry as `Host`, or across origins, which `Origin` tells.
 *
 * @param port the server's own
 * @returns undefined if it may
 */
export const findRefusal = (
  headers: IncomingHttpHeaders,
  port: number,
  rules: GuardRules = {},
): GuardRefusal | undefined => {
  const host = headers.host?.toLowerCase() ?? '';
  if (!isOwnHost(host, port, rules) && !rules.hosts?.includes(host)) {
    return { status: 421, code: 'misdirected_request', message: 'The Host of the request is not this server.' };
  }
  const { origin } = headers;
  if (origin !== undefined && !isOwnOrigin(origin, port, rules) && !matchesOrigin(rules.origins ?? [], origin)) {
    return { status: 403, code: 'foreign_origin', message: 'Pages of this origin may not use this server.' };
  }
  if (rules.accessKeyIds !== undefined && !rules.accessKeyIds.includes(readAccessKeyId(headers) ?? '')) {
    const message = 'The security token included in the request is invalid.';
    return { status: 403, code: 'UnrecognizedClientException', message };
  }
  return undefined;
};

const isOwnHost = (host: string, port: number, { anyPort = false }: GuardRules): boolean => {
  const [, name, given] = /^(.+?)(?::(\d+))?$/.exec(host) ?? [];
  if (name === undefined || !loopbackNames.includes(name)) return false;
  return given === undefined ? port === 80 : anyPort || given === String(port);
};

const isOwnOrigin = (origin: string, port: number, { hosts = [] }: GuardRules): boolean =>
  [...loopbackNames.map((name) => `${name}:${port}`), ...hosts].some((host) => origin === `http://${host}`);

/** Whether an origin is among the patterns of {@link GuardRules.origins}. */
export const matchesOrigin = (patterns: readonly string[], origin: string): boolean =>
  patterns.some((pattern) =>
    pattern === '*' || pattern.endsWith('://*') ? origin.startsWith(pattern.slice(0, -1)) : pattern === origin,
  );

/** The access key that a request says it is signed with. */
export const readAccessKeyId = ({ authorization = '' }: IncomingHttpHeaders): string | undefined =>
  /\bCredential=([^/,\s]+)\//.exec(authorization)?.[1];

/**
 * Puts the rules before whatever a server does with its requests; its listeners must be there already. An AWS client reads the answer
 * to a refused request as an error of the service.
 */
export const guardServer = (server: Server, rules: GuardRules = {}): void => {
  const listeners = server.listeners('request');
  if (listeners.length === 0) throw new Error('The server has no request listener yet.');
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const refusal = findRefusal(request.headers, request.socket.localPort ?? 0, rules);
    if (refusal === undefined) {
      for (const listener of listeners) listener.call(server, request, response);
      return;
    }
    const { status, code, message } = refusal;
    request.resume();
    response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': code });
    response.end(JSON.stringify({ __type: code, message }));
  });
};
