import type { StartExecution } from '#shared/aws/start-execution.ts';
import type { Log } from '#shared/observability.ts';
import type { WebhookTable } from '#shared/webhooks/webhook-table.ts';
import type { CallWebhook } from './call-webhook.ts';

/** What notifying works with. */
export interface Parts {
  table: WebhookTable;
  /** Starts a durable execution of this function. */
  startDelivery: StartExecution;
  callWebhook: CallWebhook;
  /** Spreads tries that failed together; between 0 and 1. */
  random: () => number;
  log: Log;
}
