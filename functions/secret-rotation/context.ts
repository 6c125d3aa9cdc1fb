import type { ImsClient } from '#shared/adobe/auth/ims.ts';
import type { ClientCredentials } from '#shared/adobe/auth/stored-credentials.ts';
import type { FireflyAccess } from '#shared/adobe/console/firefly-access.ts';
import type { IoManagementClient } from '#shared/adobe/console/io-management.ts';
import type { Sleep } from '#shared/adobe/http/retry-transient.ts';
import type { StatusItems } from '#shared/aws/status-items.ts';
import type { Clock } from '#shared/clock.ts';
import type { Log, RecordMetric } from '#shared/observability.ts';

/** A version of the secret `client-credentials`; without credentials it is the placeholder. */
export interface SecretVersion {
  versionId: string;
  /** When the value was stored, epoch ms. */
  createdAt: number;
  credentials: ClientCredentials | undefined;
}

/** What Secrets Manager tells about the secret without its value. */
export interface SecretDescription {
  arn: string;
  name: string;
  /** Staging labels by version id. */
  stages: Readonly<Record<string, readonly string[]>>;
  /** Epoch ms. */
  nextRotationAt?: number;
}

/** The secret `client-credentials` in Secrets Manager. */
export interface SecretStore {
  describe(): Promise<SecretDescription>;
  readCurrent(): Promise<SecretVersion>;
  /** @returns undefined if there is none, or none that can be read */
  readPrevious(): Promise<SecretVersion | undefined>;
  /** @returns undefined unless the version is AWSPENDING and has a value */
  readPending(versionId: string): Promise<SecretVersion | undefined>;
  /** Gives the pending version its value. Secrets Manager takes only one: a second, different one is refused. */
  putPending(versionId: string, credentials: ClientCredentials): Promise<void>;
  /** Moves AWSCURRENT; Secrets Manager moves AWSPREVIOUS along. */
  promote(versionId: string, currentVersionId: string): Promise<void>;
  removePending(versionId: string): Promise<void>;
  /** Starts a rotation; refused while AWSPENDING is on a version other than the current one. */
  rotate(): Promise<void>;
}

/** What was about to be asked of Adobe, written before it was asked. */
export interface Intent {
  /** ClientRequestToken of the rotation. */
  rotationToken: string;
  credentialId: string;
  /** The secrets that Adobe listed before. */
  uuidsBefore: string[];
  /** Adobe's clock at that time, epoch ms. */
  adobeDate: number;
  /** Epoch ms; absent while it is unknown whether a secret was made whose value is lost. */
  closedAt?: number;
}

/** What this function remembers between its runs. */
export interface RotationState {
  intent?: Intent;
  /** Secrets of our own that never came into service and still have to be deleted at Adobe. */
  abandonedUuids: string[];
}

/** The function's own table: its memory, and the lease that lets one run at a time work on the secrets. */
export interface IntentStore {
  /**
   * @param lease.rotationToken a rotation may go on at once where its own previous step has left off
   * @returns false if another run holds the lease
   */
  takeLease(lease: { owner: string; until: number; rotationToken?: string }): Promise<boolean>;
  /** @throws {LeaseLostError} if another run has taken over */
  extendLease(owner: string, until: number): Promise<void>;
  /** @param handover keeps others than the next step of this rotation out until a time in epoch ms */
  releaseLease(owner: string, handover?: { rotationToken: string; until: number }): Promise<void>;
  readMemory(): Promise<RotationState>;
  /** @throws {LeaseLostError} if another run has taken over */
  saveState(owner: string, memory: RotationState): Promise<void>;
}

/** Everything the rotation needs of the world. */
export interface RotationPorts {
  secrets: SecretStore;
  intents: IntentStore;
  ims: ImsClient;
  /** @param accessToken with the management scopes */
  openIoManagement(credential: Credential, accessToken: string): IoManagementClient;
  checkFirefly(token: { accessToken: string; clientId: string; expiresAt: number }): Promise<FireflyAccess>;
  /** Has the access token minted anew from the current client secret. */
  refreshToken(): Promise<void>;
  status: Pick<StatusItems, 'readSecretRotation' | 'writeSecretRotation'>;
  clock: Clock;
  sleep: Sleep;
  log: Log;
  recordMetric: RecordMetric;
}

/** The credential in the Developer Console that the secrets belong to. */
export interface Credential {
  orgId: string;
  credentialId: string;
  clientId: string;
}

/** The settings of the rotation; times in ms. */
export interface RotationPolicy {
  generationScopes: string;
  managementScopes: string;
  /** How long the previous secret is kept in any case. */
  graceMs: number;
  /** How long it must have been unused before it is deleted. */
  unusedMs: number;
  /** How long to wait for Adobe to accept a new secret everywhere. */
  propagationMs: number;
  rotationIntervalMs: number;
  /** How long a call that fails in passing is repeated. */
  retryMs: number;
  /** Time-out of the call that adds a secret. */
  addTimeoutMs: number;
  /** How long a run may be silent before another one takes over. */
  leaseMs: number;
  /** How long Secrets Manager may take from one step of a rotation to the next. */
  handoverMs: number;
}
