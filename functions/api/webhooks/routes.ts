import type { Gateway } from '../context.ts';
import type { Route } from '../http/router.ts';
import { webhookDelete, webhookEnable, webhookRotateSecret } from './change.ts';
import { webhookCreate } from './create.ts';
import { webhookShow, webhooksList } from './get.ts';
import { webhookTest } from './send-test.ts';

/** Everything about webhooks. */
export const webhookRoutes = (gateway: Pick<Gateway, 'webhooks' | 'log'>): Route[] => [
  webhookCreate(gateway),
  webhooksList(gateway),
  webhookShow(gateway),
  webhookDelete(gateway),
  webhookTest(gateway),
  webhookRotateSecret(gateway),
  webhookEnable(gateway),
];
