import type { Settings } from '#shared/deployment/settings.ts';
import type { JobIndex } from '#shared/deployment/tables.ts';
import type { DataTable } from '../data-table.ts';
import type { OutputsBucket } from '../outputs-bucket.ts';
import type { Secrets } from '../secrets.ts';

/** What the functions are connected to. */
export interface FunctionProps {
  settings: Settings;
  jobs: DataTable<JobIndex>;
  outputs: OutputsBucket;
  secrets: Secrets;
  webhooks: DataTable;
  /** Base of the addresses in answers and events, without a slash at its end. */
  gatewayUrl: string;
}
