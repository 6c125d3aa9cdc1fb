import type { StartExecution } from '#shared/aws/invoke-functions.ts';
import type { Table } from '#shared/aws/table.ts';
import type { Log } from '#shared/observability.ts';
import type { CallWebhook } from './call-webhook.ts';

/** What notify works with; the handler makes one for the life of the process. */
export interface NotifyContext {
  /** Of webhooks and deliveries. */
  table: Table;
  /** Of jobs, where it is noted which callers have no webhooks; no more of it is in reach. */
  jobs: Table;
  /** Starts a durable execution of this function. */
  startDelivery: StartExecution;
  callWebhook: CallWebhook;
  /** Spreads attempts that failed together; between 0 and 1. */
  random: () => number;
  log: Log;
}
