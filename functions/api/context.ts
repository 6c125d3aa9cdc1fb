import type { AccessTokenCache, TokenSource } from '#shared/adobe/auth/access-token.ts';
import type { OperationOverrides } from '#shared/adobe/services/operation-settings.ts';
import type { TriggerDispatch } from '#shared/aws/invoke-dispatch.ts';
import type { Presign } from '#shared/aws/object-store.ts';
import type { StatusItems } from '#shared/aws/status-items.ts';
import type { Table } from '#shared/aws/table.ts';
import type { InputParts } from '#shared/inputs/check-inputs.ts';
import type { EventBus } from '#shared/jobs/events.ts';
import type { Lanes } from '#shared/jobs/lanes/lane.ts';
import type { Log } from '#shared/observability.ts';
import type { ImageStorage } from './adobe/image-storage.ts';
import type { BatchFiles } from './batches/batch-files.ts';
import type { Operators } from './http/operators.ts';
import type { EraseOutputs } from './jobs/erase-outputs.ts';
import type { OutputExists } from './jobs/output-exists.ts';
import type { PresignUpload } from './uploads/presign-upload.ts';
import type { WebhookParts } from './webhooks/webhook-parts.ts';

/** What the routes work with; the handler makes one for the life of the process. */
export interface Gateway {
  table: Table;
  lanes: Lanes;
  bus: EventBus;
  token: Pick<TokenSource, 'read'>;
  /** The token in memory, for calls that are passed on to Adobe. */
  tokens: AccessTokenCache;
  /** Base URL of the Firefly API. */
  fireflyUrl: string;
  statusItems: Pick<StatusItems, 'readTokenRefresh' | 'readSecretRotation'>;
  presign: Presign;
  /** Whether an output is still in S3. */
  outputExists: OutputExists;
  eraseOutputs: EraseOutputs;
  /** Where inputs lie that have to be brought to Adobe. */
  inputs: InputParts;
  storage: ImageStorage;
  presignUpload: PresignUpload;
  batchFiles: BatchFiles;
  webhooks: WebhookParts;
  triggerDispatch: TriggerDispatch;
  /** Who may look at the queue and stop it. */
  operators: Operators;
  /** Waits that many ms. */
  sleep: (ms: number) => Promise<void>;
  log: Log;
  /** What the deployment sets of the operations. */
  operations: OperationOverrides;
  /** Where the files of the reference page lie. */
  docsAssetsDirectory: string;
  stackName: string;
  version: string;
  /** How long the record of a finished job is kept. */
  retentionSeconds: number;
}
