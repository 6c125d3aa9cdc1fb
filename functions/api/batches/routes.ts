import type { ApiContext } from '../context.ts';
import type { Route } from '../http/router.ts';
import { cancelRoute, retryRoute } from './change.ts';
import { createRoute } from './create.ts';
import { getRoute, reportRoute } from './get.ts';
import { jobsRoute } from './jobs.ts';

/** Everything about batches. */
export const batchRoutes = (context: ApiContext, requireCredentials: () => Promise<void>): Route[] => [
  createRoute(context, requireCredentials),
  getRoute(context),
  jobsRoute(context),
  cancelRoute(context),
  retryRoute(context),
  reportRoute(context, 'jsonl'),
  reportRoute(context, 'csv'),
];
