import type { StartExecution } from '#shared/aws/start-execution.ts';
import type { WebhookTable } from '#shared/webhooks/webhook-table.ts';

/** What the routes of webhooks work with. */
export interface WebhookParts {
  table: WebhookTable;
  /** Starts the durable execution that delivers a message. */
  startDelivery: StartExecution;
  /** Whether receivers may be on this machine, as in the embedded stack. */
  allowsLoopback: boolean;
}
