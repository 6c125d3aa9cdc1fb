import httpRouter from '@middy/http-router';
import type { Context } from 'aws-lambda';
import { isUnavailable } from '#shared/aws/failures.ts';
import type { Clock } from '#shared/clock.ts';
import type { Operators, SingleSignOnCallers } from '#shared/deployment/job-environments.ts';
import { requireOperator } from './operators.ts';
import { emptyResponse, fitsLambda, type HttpResponse, ProblemError } from './problem.ts';
import { type ApiRequest, decodePath, type HttpEvent, readRequest } from './request.ts';
import type { AdmitRequest } from './request-rate.ts';
import type { RouteDescription } from './route-description.ts';
import { isRepeatable, UnansweredError } from './unanswered-error.ts';

/** One operation of the API. */
export interface Route {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path with parameters in braces, such as `/jobs/{jobId}`. */
  path: string;
  /** What the description of the API says of it. */
  describe: RouteDescription;
  /** Who may use the route; by default every caller. */
  for?: 'operators';
  /** The error to answer with, in place of one that the request led to. */
  refuse?(error: unknown): unknown;
  handle(request: ApiRequest): Promise<HttpResponse>;
}

/**
 * Finds the route of an event and runs it. HEAD is answered as GET is, its body left out by {@link fitToMethod}; a browser's
 * preflight is answered for every path.
 *
 * @param options.operators who may use the routes for operators
 * @param options.admit counts a request of a caller; not asked about routes that are open to everybody
 * @param options.singleSignOn who is one caller among those who sign in through IAM Identity Center
 * @param options.url base of the URLs in answers
 * @throws {ProblemError} 400 for a malformed path, 404 for an unknown one, 405 for a known one with another method
 */
export const createRouter = (
  routes: readonly Route[],
  options: {
    clock: Clock;
    admit: AdmitRequest;
    operators: Operators;
    singleSignOn: SingleSignOnCallers;
    url: string;
    /** The answer to the path of a service that is off. */
    findDisabled(path: string): ProblemError | undefined;
  },
): ((event: HttpEvent, context: Context) => Promise<HttpResponse>) => {
  const router = httpRouter<HttpEvent, HttpResponse>({
    routes: routes.map((route) => ({
      method: route.method,
      path: route.path,
      handler: async (event: HttpEvent) => {
        try {
          const request = readRequest(event, { ...options, startedAt: options.clock.now() });
          if (route.describe.open !== true) await options.admit(request.caller());
          if (route.for === 'operators') requireOperator(options.operators, request, `${route.method} ${route.path}`);
          return await route.handle(request);
        } catch (error) {
          const shown = route.refuse?.(error) ?? error;
          throw isUnavailable(shown) ? new UnansweredError(shown, isRepeatable(route, event)) : shown;
        }
      },
    })),
    // The router's own answer is text/plain, and it does not tell a wrong method from an unknown path.
    notFoundResponse: ({ path }) => {
      const allowed = routes
        .filter((route) => matchesPath(route.path, path))
        .flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
      if (allowed.length === 0) {
        throw options.findDisabled(path) ?? new ProblemError(404, 'not_found', 'There is nothing at this path.');
      }
      throw new ProblemError(405, 'method_not_allowed', `This path takes ${allowed.join(', ')} only.`, {
        headers: { allow: allowed.join(', ') },
      });
    },
  });
  return async (event, context) => {
    const { method, path } = readTarget(event);
    // With a $default route API Gateway hands preflights to the function and puts its own CORS headers on the answer.
    if (method === 'OPTIONS') return emptyResponse(204);
    decodePath(path);
    return router(method === 'HEAD' ? asGet(event) : { ...event, version: '2.0' }, context);
  };
};

/** @throws {ProblemError} 400 for an event that names no method and path, which API Gateway never sends */
const readTarget = (event: HttpEvent): { method: string; path: string } => {
  const { method, path }: { method?: unknown; path?: unknown } = event.requestContext?.http ?? {};
  if (typeof method === 'string' && typeof path === 'string' && method !== '' && path !== '') return { method, path };
  throw new ProblemError(400, 'bad_request', 'The event is not one of an HTTP API in payload format 2.0.');
};

const asGet = (event: HttpEvent): HttpEvent => ({
  ...event,
  version: '2.0',
  requestContext: {
    ...event.requestContext,
    // What IAM was asked about, for the routes that are declared by themselves.
    routeKey: String(event.requestContext.routeKey).replace(/^HEAD /, 'GET '),
    http: { ...event.requestContext.http, method: 'GET' },
  },
});

/**
 * Lets an answer pass that Lambda takes: a larger one would be a 500 without a word. Pages end before that by themselves.
 *
 * @throws {ProblemError} 400
 */
export const checkAnswerSize = (response: HttpResponse): HttpResponse => {
  if (fitsLambda(response)) return response;
  throw new ProblemError(400, 'answer_too_large', 'The answer has more than 6 MB. Ask for less, such as by `limit`.');
};

/** The answer as its method may have it: to HEAD, all but the body. */
export const fitToMethod = (event: HttpEvent, response: HttpResponse): HttpResponse =>
  event.requestContext?.http?.method === 'HEAD' ? { ...response, body: '', isBase64Encoded: false } : response;

/** Whether a path is one of a template with parameters in braces. */
export const matchesPath = (template: string, path: string): boolean => {
  const expected = template.split('/');
  const actual = path.replace(/(?<=.)\/$/, '').split('/');
  return (
    expected.length === actual.length &&
    expected.every((part, index) => (part.startsWith('{') ? actual[index] !== '' : part === actual[index]))
  );
};
