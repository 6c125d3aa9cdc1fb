import type { S3Client } from '@aws-sdk/client-s3';
import type { AccessTokenCache } from '#shared/adobe/auth/access-token.ts';
import type { AllowsUrl } from '#shared/adobe/http/hosts.ts';
import type { Following } from '#shared/adobe/services/operation.ts';
import type { InvokeDispatch } from '#shared/aws/invoke-dispatch.ts';
import type { InputParts } from '#shared/inputs/check-inputs.ts';
import type { EventBus } from '#shared/jobs/events.ts';
import type { Job } from '#shared/jobs/job.ts';
import type { JobTable } from '#shared/jobs/job-store.ts';
import type { QuotaLimits } from '#shared/jobs/quota.ts';
import type { Log, RecordMetric } from '#shared/observability.ts';

/** What following a job's turn works with. */
export interface Parts {
  table: JobTable;
  limits: QuotaLimits;
  bus: EventBus;
  tokens: AccessTokenCache;
  s3: S3Client;
  /** Where inputs lie that have to be brought to Adobe. */
  inputs: InputParts;
  bucket: string;
  /** Base URL of the Firefly API. */
  fireflyUrl: string;
  allowsStatus: AllowsUrl;
  allowsDownload: AllowsUrl;
  followingOf(job: Pick<Job, 'operation'>): Following;
  outputMaxBytes: number;
  invokeDispatch: InvokeDispatch;
  log: Log;
  recordMetric: RecordMetric;
}
