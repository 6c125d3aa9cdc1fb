import type { ApiContext } from '../context.ts';
import { jsonResponse } from '../http/problem.ts';
import type { Route } from '../http/router.ts';
import { createMemory } from '../remember.ts';
import { type HealthDetails, healthDetails, healthSummary, summarise, viewDetails } from './view.ts';

/** The state of the gateway: a few words for every caller, all of it for operators. Both are at most five seconds old. */
export const healthRoutes = (context: ApiContext): Route[] => {
  const remember = createMemory<HealthDetails>(context.table.clock, { maxAgeMs: 5_000, maxKept: 1 });
  const read = () => remember('health', () => viewDetails(context));
  return [
    {
      method: 'GET',
      path: '/health',
      describe: {
        tag: 'Operation',
        summary: 'State of the gateway at a glance',
        answers: {
          200: { description: 'Version, token, queues', content: { 'application/json': healthSummary } },
        },
      },
      handle: async () => jsonResponse(200, summarise(await read())),
    },
    {
      method: 'GET',
      path: '/health/details',
      for: 'operators',
      describe: {
        tag: 'Operation',
        summary: 'Why the gateway is degraded, and all that it knows of itself; for operators',
        answers: {
          200: {
            description: 'Token, dispatch, queues, permits, pauses, rotation',
            content: { 'application/json': healthDetails },
          },
        },
        errors: [403],
      },
      handle: async () => jsonResponse(200, await read()),
    },
  ];
};
