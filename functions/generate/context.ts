import type { S3Client } from '@aws-sdk/client-s3';
import type { AccessTokenCache } from '#shared/adobe/auth/access-token.ts';
import type { CallAdobe } from '#shared/adobe/http/call.ts';
import type { AllowsUrl } from '#shared/adobe/http/hosts.ts';
import type { Sleep } from '#shared/adobe/http/retry.ts';
import type { PollingPolicy } from '#shared/adobe/services/operation.ts';
import type { AdobeService } from '#shared/adobe/services/service.ts';
import type { TriggerDispatch } from '#shared/aws/invoke-functions.ts';
import type { Table } from '#shared/aws/table.ts';
import type { EventBus } from '#shared/events/publish.ts';
import type { InputBuckets } from '#shared/inputs/locate.ts';
import type { OpenWebInput } from '#shared/inputs/web-sources.ts';
import type { Job } from '#shared/jobs/job.ts';
import type { Lanes } from '#shared/jobs/lanes/lane.ts';
import type { Log, RecordMetric } from '#shared/observability.ts';
import type { PublicRequestOptions } from '#shared/webhooks/public-request.ts';

/** What one turn of a job works with. */
export interface GenerateContext {
  table: Table;
  lanes: Lanes;
  bus: EventBus;
  /** For submits, which read their token before the fence. */
  tokens: AccessTokenCache;
  callAdobe: CallAdobe;
  s3: S3Client;
  /** The gateway's own, to which outputs are stored, and the others from which inputs are read. */
  buckets: InputBuckets;
  /** Largest input, in bytes. */
  inputMaxBytes: number;
  /** Largest output, in bytes. */
  outputMaxBytes: number;
  /** Origin of a service's API in this deployment. */
  getBaseUrl(service: AdobeService): string;
  /** What the service is told of the organization with each request for a job. */
  getOrganizationHeaders(service: AdobeService): Record<string, string>;
  allowsStatus: AllowsUrl;
  allowsDownload: AllowsUrl;
  openWebInput: OpenWebInput;
  /** Which addresses the outputs may be written to that callers name. */
  publicRequests: PublicRequestOptions;
  pollingPolicyFor(job: Pick<Job, 'operation'>): PollingPolicy;
  /** What the process knows of first polls: a figure in ms, or that there is none yet, and when it was read or written (epoch ms). */
  firstPolls: Map<string, { firstPollMs: number | undefined; at: number }>;
  /** Where the outputs of a job are to be. */
  findOutputs(job: Pick<Job, 'operation'>): 'hosted' | 'destination';
  triggerDispatch: TriggerDispatch;
  /** Waits within a step, in ms; longer waits are the durable execution's. */
  sleep: Sleep;
  log: Log;
  recordMetric: RecordMetric;
}
