import type { Settings } from '#shared/deployment/settings.ts';
import type { JobTable } from '../job-table.ts';
import type { OutputsBucket } from '../outputs-bucket.ts';
import type { Secrets } from '../secrets.ts';
import type { WebhookTable } from '../webhook-table.ts';

/** What the functions are connected to. */
export interface FunctionProps {
  settings: Settings;
  jobs: JobTable;
  outputs: OutputsBucket;
  secrets: Secrets;
  webhooks: WebhookTable;
  /** Base of the addresses in answers and events, without a slash at its end. */
  gatewayUrl: string;
}
