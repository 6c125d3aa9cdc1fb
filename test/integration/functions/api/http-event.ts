import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { HttpResponse } from '#functions/api/http/problem.ts';
import type { HttpEvent } from '#functions/api/http/request.ts';

/** A request as a test writes it. */
export interface TestRequest {
  method?: string;
  path: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  /** A string is sent as it is, anything else as JSON. */
  body?: unknown;
  isBase64Encoded?: boolean;
  caller?: string;
  /** The route by which API Gateway let the request in. */
  routeKey?: string;
}

/** An HTTP API event as API Gateway sends it. */
export const httpEvent = ({ method = 'GET', path, query, headers, body, ...rest }: TestRequest): HttpEvent => ({
  version: '2.0',
  routeKey: rest.routeKey ?? '$default',
  rawPath: path,
  rawQueryString: new URLSearchParams(query).toString(),
  headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
  queryStringParameters: query,
  requestContext: {
    accountId: '000000000000',
    apiId: 'test',
    authorizer: { jwt: { claims: { sub: rest.caller ?? 'alice' } } },
    domainName: 'gateway.test',
    domainPrefix: 'gateway',
    http: { method, path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
    requestId: 'request-1',
    routeKey: rest.routeKey ?? '$default',
    stage: '$default',
    time: '01/Mar/2026:12:00:00 +0000',
    timeEpoch: 0,
  },
  body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
  isBase64Encoded: rest.isBase64Encoded ?? false,
});

/** The body of an answer as a client reads it. */
export const decodeBody = ({ headers, body, isBase64Encoded }: HttpResponse): string => {
  if (isBase64Encoded !== true) return body;
  const bytes = Buffer.from(body, 'base64');
  return (headers['content-encoding'] === 'br' ? brotliDecompressSync(bytes) : gunzipSync(bytes)).toString();
};
