import type { Gateway } from '../context.ts';
import type { Route } from '../http/router.ts';
import { batchCancel } from './change.ts';
import { batchCreate } from './create.ts';
import { batchShow } from './get.ts';
import { batchJobs } from './jobs.ts';
import { batchReport } from './report.ts';
import { batchRetry } from './retry-batch.ts';

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
