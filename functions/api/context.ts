import type { OperationRates } from '#shared/adobe/services/operation-rates.ts';
import type { OperationOverrides } from '#shared/adobe/services/operation-settings.ts';
import type { AdobeService } from '#shared/adobe/services/service.ts';
import type { AuditTrail } from '#shared/audit/trail.ts';
import type { StartExecution, StartThumbnail, TriggerDispatch } from '#shared/aws/invoke-functions.ts';
import type { ObjectStore } from '#shared/aws/object-store.ts';
import type { PassedOnCalls } from '#shared/aws/passed-on-calls.ts';
import type { StatusItems, TokenExpiry } from '#shared/aws/status-items.ts';
import type { Table } from '#shared/aws/table.ts';
import type { ReadDeniedWords } from '#shared/callers/denied-words.ts';
import type { ReadPolicy } from '#shared/callers/policies.ts';
import type { ConsoleVariables } from '#shared/deployment/console.ts';
import type { Docs, Operators, SingleSignOnCallers } from '#shared/deployment/job-environments.ts';
import type { EventBus } from '#shared/events/publish.ts';
import type { InputContext } from '#shared/inputs/check-inputs.ts';
import type { Lanes } from '#shared/jobs/lanes/lane.ts';
import type { Log, RecordMetric } from '#shared/observability.ts';

/** What the routes work with; the handler makes one for the life of the process. */
export interface ApiContext {
  table: Table;
  /** Of callers and their policies. */
  callers: Table;
  audit: AuditTrail;
  lanes: Lanes;
  /** The services that are on. */
  services: readonly AdobeService[];
  bus: EventBus;
  /** When the stored token expires; the token itself is out of reach. */
  token: TokenExpiry;
  /** Calls that the gateway passes on to Adobe. */
  adobeCalls: PassedOnCalls;
  statusItems: Pick<StatusItems, 'readTokenRefresh' | 'readSecretRotation'>;
  objects: ObjectStore;
  /** Where the inputs are that the gateway uploads to Adobe. */
  inputs: InputContext;
  webhooks: WebhookContext;
  /** The console, with its directory absolute; undefined while it is off. */
  console?: ConsoleVariables;
  /** What callers may do. */
  readPolicy: ReadPolicy;
  readDeniedWords: ReadDeniedWords;
  /** Has thumbnails made; undefined where none are. */
  startThumbnail?: StartThumbnail;
  triggerDispatch: TriggerDispatch;
  /** Waits, in ms. */
  sleep: (ms: number) => Promise<void>;
  log: Log;
  recordMetric: RecordMetric;
  settings: ApiSettings;
}

/** What the routes of webhooks work with. */
export interface WebhookContext {
  table: Table;
  /** Starts the durable execution that delivers a message. */
  startDelivery: StartExecution;
  /** Whether receivers may be on this machine, as in the embedded stack. */
  allowsLoopback: boolean;
}

/** The API's settings in this deployment. */
export interface ApiSettings {
  stackName: string;
  version: string;
  operations: OperationOverrides;
  /** What operations cost, where it differs from Adobe's public card. */
  operationRates: OperationRates;
  /** Who may view and pause the queue. */
  operators: Operators;
  /** Who is one caller among those who sign in through IAM Identity Center. */
  singleSignOn: SingleSignOnCallers;
  /** How long the record of a finished job is kept, in seconds. */
  retentionSeconds: number;
  /** To whom the description of the API is shown. */
  docs: Docs;
  /** Forms for uploads that a caller gets on one day (UTC). */
  uploadsPerDay: number;
  /** Requests that a caller may send in a second. */
  callerRequestsPerSecond: number;
}
