import type { S3Client } from '@aws-sdk/client-s3';
import type { AccessTokenCache } from '#shared/adobe/auth/access-token.ts';
import type { CallAdobe } from '#shared/adobe/http/call.ts';
import type { AllowsUrl } from '#shared/adobe/http/hosts.ts';
import type { PollingPolicy } from '#shared/adobe/services/operation.ts';
import type { Table } from '#shared/aws/table.ts';
import type { TriggerDispatch } from '#shared/aws/trigger-dispatch.ts';
import type { EventBus } from '#shared/events/publish.ts';
import type { InputParts } from '#shared/inputs/check-inputs.ts';
import type { Job } from '#shared/jobs/job.ts';
import type { Lanes } from '#shared/jobs/lanes/lane.ts';
import type { Log, RecordMetric } from '#shared/observability.ts';

/** What following a job's turn works with. */
export interface Parts {
  table: Table;
  lanes: Lanes;
  bus: EventBus;
  /** For submits, which read their token before the fence. */
  tokens: AccessTokenCache;
  callAdobe: CallAdobe;
  s3: S3Client;
  /** Where inputs lie that have to be brought to Adobe. */
  inputs: InputParts;
  bucket: string;
  /** Base URL of the Firefly API. */
  fireflyUrl: string;
  allowsStatus: AllowsUrl;
  allowsDownload: AllowsUrl;
  pollingPolicyFor(job: Pick<Job, 'operation'>): PollingPolicy;
  outputMaxBytes: number;
  triggerDispatch: TriggerDispatch;
  log: Log;
  recordMetric: RecordMetric;
}
