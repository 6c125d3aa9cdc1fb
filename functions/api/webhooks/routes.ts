import type { ApiContext } from '../context.ts';
import type { Route } from '../http/router.ts';
import { deleteRoute, enableRoute, rotateSecretRoute } from './change.ts';
import { createRoute } from './create.ts';
import { getRoute, listRoute } from './get.ts';
import { sendTestRoute } from './send-test.ts';

/** Everything about webhooks. */
export const webhookRoutes = (context: Pick<ApiContext, 'webhooks' | 'log'>): Route[] => [
  createRoute(context),
  listRoute(context),
  getRoute(context),
  deleteRoute(context),
  sendTestRoute(context),
  rotateSecretRoute(context),
  enableRoute(context),
];
