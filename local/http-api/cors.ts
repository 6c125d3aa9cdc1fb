import type { IncomingMessage } from 'node:http';
import { matchesOrigin } from '#shared/loopback-guard.ts';

/** The CORS settings of the HTTP API. */
export interface CorsSettings {
  /** Exact origins, `*`, or `https://*` and `http://*` for any origin of that scheme. */
  allowOrigins: readonly string[];
}

const allowMethods = 'GET,HEAD,POST,PUT,DELETE,OPTIONS';
const allowHeaders = [
  'authorization',
  'cache-control',
  'content-type',
  'idempotency-key',
  'prefer',
  'x-api-key',
  'x-local-caller',
  'x-label',
  'x-model-version',
  'x-output-name',
  'x-priority',
].join(',');
const exposeHeaders = 'Location,Link,Retry-After,Preference-Applied';
const maxAgeSeconds = '3600';

/** Whether a browser only asks what it may send; API Gateway answers this itself. */
export const isPreflight = ({ method, headers }: IncomingMessage): boolean =>
  method === 'OPTIONS' && headers.origin !== undefined && headers['access-control-request-method'] !== undefined;

/** The headers that answer a preflight request; none for an origin that is not allowed. */
export const preflightHeaders = (settings: CorsSettings, origin: string | undefined): Record<string, string> => {
  const allowed = originHeaders(settings, origin);
  return allowed['access-control-allow-origin'] === undefined
    ? allowed
    : {
        ...allowed,
        'access-control-allow-methods': allowMethods,
        'access-control-allow-headers': allowHeaders,
        'access-control-max-age': maxAgeSeconds,
      };
};

/** The headers that let a page of an allowed origin read an answer. */
export const answerHeaders = (settings: CorsSettings, origin: string | undefined): Record<string, string> => {
  const allowed = originHeaders(settings, origin);
  return allowed['access-control-allow-origin'] === undefined
    ? allowed
    : { ...allowed, 'access-control-expose-headers': exposeHeaders };
};

const originHeaders = ({ allowOrigins }: CorsSettings, origin: string | undefined): Record<string, string> => {
  if (allowOrigins.includes('*')) return origin === undefined ? {} : { 'access-control-allow-origin': '*' };
  // Whatever the origin was, caches must keep the answers for different origins apart.
  const allowed = origin !== undefined && matchesOrigin(allowOrigins, origin);
  return allowed ? { 'access-control-allow-origin': origin, vary: 'origin' } : { vary: 'origin' };
};
