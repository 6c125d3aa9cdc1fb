import type { Gateway } from '../gateway.ts';
import type { Route } from '../router.ts';
import { batchCancel } from './cancel-batch.ts';
import { batchCreate } from './create-batch.ts';
import { batchJobs } from './list-batch-jobs.ts';
import { batchReport } from './report.ts';
import { batchRetry } from './retry-batch.ts';
import { batchShow } from './show-batch.ts';

/** Everything about batches. */
export const batchRoutes = (gateway: Gateway, requireCredentials: () => Promise<void>): Route[] => [
  batchCreate(gateway, requireCredentials),
  batchShow(gateway),
  batchJobs(gateway),
  batchCancel(gateway),
  batchRetry(gateway),
  batchReport(gateway, 'jsonl'),
  batchReport(gateway, 'csv'),
];
