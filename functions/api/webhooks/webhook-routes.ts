import type { Gateway } from '../gateway.ts';
import type { Route } from '../router.ts';
import { webhookDelete, webhookEnable, webhookRotateSecret } from './change-webhook.ts';
import { webhookCreate } from './create-webhook.ts';
import { webhookShow, webhooksList } from './show-webhooks.ts';
import { webhookTest } from './test-webhook.ts';

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
