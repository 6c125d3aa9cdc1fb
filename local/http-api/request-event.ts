import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { APIGatewayProxyEventV2WithJWTAuthorizer } from 'aws-lambda';
import * as z from 'zod';
import { ProblemError } from '#functions/api/http/problem.ts';

/** An event of the HTTP API, payload format 2.0, with a JWT authorizer's claims, a Lambda authorizer's context or a signer. */
export type HttpApiEvent = Omit<APIGatewayProxyEventV2WithJWTAuthorizer, 'requestContext'> & {
  requestContext: Omit<APIGatewayProxyEventV2WithJWTAuthorizer['requestContext'], 'authorizer'> & {
    authorizer:
      | { jwt: { claims: Record<string, string>; scopes: string[] | null } }
      | { lambda: Record<string, unknown> }
      | { iam: { accessKey: string; accountId: string; userArn: string } };
  };
};

/** What the event says of the API itself. */
export interface ApiIdentity {
  accountId: string;
  apiId: string;
  /** Host name and port that clients call. */
  domainName: string;
}

/** One request with its body. */
export interface ReceivedRequest {
  message: IncomingMessage;
  body: Buffer;
  requestId: string;
  /** Epoch milliseconds. */
  receivedAt: number;
}

/**
 * Turns a request into the event that API Gateway sends to a Lambda integration.
 *
 * @throws {ProblemError} 400 when the request target is no URL
 */
export const toEvent = ({ message, body, requestId, receivedAt }: ReceivedRequest, api: ApiIdentity): HttpApiEvent => {
  const { path, query } = readTarget(message.url ?? '');
  const sourceIp = message.socket.remoteAddress ?? '127.0.0.1';
  const headers = forwardedHeaders(message, api, { sourceIp, bodyBytes: body.length });
  const text = isText(message.headers) ? decodeUtf8(body) : undefined;
  const cookies = message.headersDistinct['cookie']?.flatMap((header) => header.split(/; */)).filter(Boolean);
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: query,
    ...(cookies?.length ? { cookies } : {}),
    headers,
    ...(query === '' ? {} : { queryStringParameters: readQuery(query) }),
    requestContext: {
      accountId: api.accountId,
      apiId: api.apiId,
      authorizer: { jwt: { claims: { sub: localCaller(message.headers) }, scopes: null } },
      domainName: api.domainName,
      domainPrefix: api.domainName.split(/[.:]/)[0] ?? '',
      http: {
        method: message.method ?? '',
        path,
        protocol: `HTTP/${message.httpVersion}`,
        sourceIp,
        userAgent: message.headers['user-agent'] ?? '',
      },
      requestId,
      routeKey: '$default',
      stage: '$default',
      time: commonLogTime(receivedAt),
      timeEpoch: receivedAt,
    },
    ...(body.length > 0 ? { body: text ?? body.toString('base64') } : {}),
    isBase64Encoded: body.length > 0 && text === undefined,
  };
};

const readTarget = (target: string): { path: string; query: string } => {
  // A proxy's request line carries the whole URL.
  const relative = target.replace(/^https?:\/\/[^/?#]*/i, '');
  const [, path = '', query = ''] = /^([^?#]*)(?:\?([^#]*))?/.exec(relative) ?? [];
  if (!path.startsWith('/') || !decodes(path) || !decodes(query)) {
    throw new ProblemError(400, 'bad_request', 'The URL is malformed.');
  }
  return { path, query };
};

const decodes = (part: string): boolean => {
  try {
    decodeURIComponent(part);
    return true;
  } catch {
    return false;
  }
};

const readQuery = (query: string): Record<string, string> => {
  const parameters: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    parameters[name] = Object.hasOwn(parameters, name) ? `${parameters[name]},${value}` : value;
  }
  return parameters;
};

// API Gateway ends the client's connection itself, and hands cookies over separately.
const droppedHeaders = new Set(['connection', 'cookie', 'expect', 'keep-alive', 'te', 'transfer-encoding', 'upgrade']);

const forwardedHeaders = (
  { headersDistinct }: IncomingMessage,
  api: ApiIdentity,
  { sourceIp, bodyBytes }: { sourceIp: string; bodyBytes: number },
): Record<string, string> => {
  const headers: Record<string, string> = {};
  for (const [name, values] of Object.entries(headersDistinct)) {
    if (values && !droppedHeaders.has(name)) headers[name] = values.join(',');
  }
  const forwardedFor = headers['x-forwarded-for'];
  return {
    ...headers,
    'content-length': String(bodyBytes),
    host: headers['host'] || api.domainName,
    'x-forwarded-for': forwardedFor ? `${forwardedFor}, ${sourceIp}` : sourceIp,
    'x-forwarded-port': api.domainName.split(':')[1] ?? '80',
    'x-forwarded-proto': 'http',
  };
};

const textTypes = /^(?:text\/.+|application\/(?:json|xml|javascript|.+\+json|.+\+xml))$/i;

const isText = (headers: IncomingHttpHeaders): boolean =>
  headers['content-encoding'] === undefined &&
  textTypes.test((headers['content-type'] ?? '').split(';')[0]?.trim() ?? '');

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const decodeUtf8 = (body: Buffer): string | undefined => {
  try {
    return strictUtf8.decode(body);
  } catch {
    // Other bytes survive as base64 only.
    return undefined;
  }
};

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const commonLogTime = (epochMs: number): string => {
  const [date = '', time = ''] = new Date(epochMs).toISOString().split('T');
  const [year, month, day] = date.split('-');
  return `${day}/${months[Number(month) - 1]}/${year}:${time.slice(0, 8)} +0000`;
};

const claimsSchema = z.object({ sub: z.string().min(1) });

const bearerToken = /^Bearer +[\w-]+\.(?<claims>[\w-]+)\.[\w-]*$/i;

/**
 * Who sent a request: the `sub` of a JWT, else the header `x-local-caller`, else `local`. Nothing is verified: whoever
 * reaches 127.0.0.1 may be anyone. The deployed HTTP API has a real authorizer in this place.
 */
export const localCaller = (headers: IncomingHttpHeaders): string =>
  subjectOf(headers.authorization) ?? (String(headers['x-local-caller'] ?? '').trim() || 'local');

const subjectOf = (authorization: string | undefined): string | undefined => {
  const claims = bearerToken.exec(authorization?.trim() ?? '')?.groups?.['claims'];
  if (!claims) return undefined;
  try {
    const text = Buffer.from(claims, 'base64url').toString('utf8');
    return claimsSchema.safeParse(JSON.parse(text)).data?.sub;
  } catch {
    // An opaque token that happens to have dots.
    return undefined;
  }
};
