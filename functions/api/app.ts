import middy from '@middy/core';
import type { Log } from '#shared/observability.ts';
import type { Gateway } from './context.ts';
import { ProblemError, problemResponse } from './http/problem.ts';
import type { HttpEvent } from './http/request.ts';
import type { HttpResponse } from './http/response.ts';
import { createRouter } from './http/router.ts';
import { createRoutes } from './routes.ts';

// Time enough to answer before Lambda ends the function.
const answerBeforeEndMs = 500;

/** The Lambda handler over everything that it needs; every error leaves it as problem+json. */
export const createApi = (gateway: Gateway) =>
  middy<HttpEvent, HttpResponse>({
    timeoutEarlyInMillis: answerBeforeEndMs,
    timeoutEarlyResponse: () => {
      throw new ProblemError(504, 'timeout_error', 'The gateway could not answer in time.');
    },
  })
    .onError((request) => {
      request.response = problemResponse(
        toProblem(request.error, request.event, gateway.log),
        request.event.requestContext?.requestId,
      );
    })
    .handler(
      createRouter(createRoutes(gateway), {
        clock: gateway.table.clock,
        operators: gateway.operators,
        url: gateway.bus.gatewayUrl,
      }),
    );

const toProblem = (error: unknown, event: HttpEvent, log: Log): ProblemError => {
  if (error instanceof ProblemError) return error;
  // Name and stack say where it went wrong; a message may quote a request, and requests are personal data.
  log.error('request failed', {
    requestId: event.requestContext?.requestId,
    method: event.requestContext?.http?.method,
    error: error instanceof Error ? error.name : typeof error,
    stack: error instanceof Error ? frames(error) : undefined,
  });
  return new ProblemError(
    500,
    'internal_server_error',
    'The gateway failed to answer; the request id leads to its log.',
  );
};

const frames = ({ stack = '' }: Error): string[] =>
  stack
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at '));
