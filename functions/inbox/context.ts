import type { S3Client } from '@aws-sdk/client-s3';
import type { OperationRates } from '#shared/adobe/services/operation-rates.ts';
import type { OperationOverrides } from '#shared/adobe/services/operation-settings.ts';
import type { TriggerDispatch } from '#shared/aws/invoke-functions.ts';
import type { Table } from '#shared/aws/table.ts';
import type { ReadDeniedWords } from '#shared/callers/denied-words.ts';
import type { ReadPolicy } from '#shared/callers/policies.ts';
import type { EventBus } from '#shared/events/publish.ts';
import type { Lanes } from '#shared/jobs/lanes/lane.ts';
import type { Log, RecordMetric } from '#shared/observability.ts';

/** What the inbox function works with. */
export interface InboxContext {
  table: Table;
  lanes: Lanes;
  /** Of it, the function may read and remove keys only. */
  webhookTable: Table;
  bus: EventBus;
  s3: S3Client;
  bucket: string;
  /** What callers may do. */
  readPolicy: ReadPolicy;
  readDeniedWords: ReadDeniedWords;
  /** What the deployment sets of the operations. */
  operations: OperationOverrides;
  /** What operations cost, where it differs from Adobe's public card. */
  operationRates: OperationRates;
  /** A file with more is refused. */
  maxBytes: number;
  /** A file with more is refused. */
  maxLines: number;
  /** How long a report waits, and how often, for outputs that are being inspected, in s; absent where none are. */
  inspectionWaits?: readonly number[];
  /** How long the records of a finished batch and its jobs are kept. */
  retentionSeconds: number;
  triggerDispatch: TriggerDispatch;
  log: Log;
  recordMetric: RecordMetric;
}
