import { randomUUID } from 'node:crypto';
import type { ImsClient } from '#shared/adobe/auth/ims.ts';
import type { IoManagementClient } from '#shared/adobe/console/io-management.ts';
import type { ServiceAccess } from '#shared/adobe/console/service-access.ts';
import type { Sleep } from '#shared/adobe/http/retry.ts';
import type { StatusItems } from '#shared/aws/status-items.ts';
import type { Clock } from '#shared/clock.ts';
import type { Log, RecordMetric } from '#shared/observability.ts';
import { RotationBusyError } from './errors.ts';
import type { SecretStore } from './stores/secret-store.ts';
import type { RotationState, StateStore } from './stores/state-store.ts';

/** The credential in the Developer Console that the secrets belong to. */
export interface Credential {
  orgId: string;
  credentialId: string;
  clientId: string;
}

/** Everything the rotation needs of the world. */
export interface RotationPorts {
  secrets: SecretStore;
  state: StateStore;
  ims: ImsClient;
  /** @param accessToken with the management scopes */
  openIoManagement(credential: Credential, accessToken: string): IoManagementClient;
  checkFirefly(token: { accessToken: string; clientId: string; expiresAt: number }): Promise<ServiceAccess>;
  /** Has a new access token minted from the current client secret. */
  refreshToken(): Promise<void>;
  status: Pick<StatusItems, 'readSecretRotation' | 'writeSecretRotation'>;
  clock: Clock;
  sleep: Sleep;
  log: Log;
  recordMetric: RecordMetric;
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

/** What one invocation of the function works with. */
export interface RotationOptions {
  ports: RotationPorts;
  policy: RotationPolicy;
  /** Epoch ms when the run must have ended. */
  deadline: number;
}

/** One run's sole right to work on the client secrets. */
export interface Lease {
  /**
   * Extends the lease; to be called before each change.
   *
   * @throws {LeaseLostError} if another run has taken over
   */
  extend(): Promise<void>;
  /** Waits, in ms, without losing the lease. */
  sleep(ms: number): Promise<void>;
  /** @throws {LeaseLostError} if another run has taken over */
  saveState(state: RotationState): Promise<void>;
}

/** What a run works with while it holds the lease. */
export interface RotationContext extends RotationOptions {
  lease: Lease;
}

const pollMs = 2_000;

/**
 * Runs one piece of work while no other run works on the client secrets; waits until a running one is done, or until
 * one that crashed has been silent for the time of the lease.
 *
 * @param options.rotationToken the rotation that the work belongs to; it need not wait where its previous step left off
 * @param options.handsOver whether another step of that rotation follows, before which no other run may come in
 * @throws {RotationBusyError} if the lease was not free in time
 */
export const withLease = async <Result>(
  options: RotationOptions & { rotationToken?: string; handsOver?: boolean },
  work: (context: RotationContext) => Promise<Result>,
): Promise<Result> => {
  const { ports, policy, deadline, rotationToken, handsOver = false } = options;
  const { state, clock, sleep } = ports;
  const owner = randomUUID();
  const until = () => clock.now() + policy.leaseMs;

  while (!(await state.takeLease({ owner, until: until(), rotationToken }))) {
    if (clock.now() + pollMs > deadline) throw new RotationBusyError();
    await sleep(pollMs);
  }

  const lease: Lease = {
    extend: () => state.extendLease(owner, until()),
    sleep: async (ms) => {
      await state.extendLease(owner, until() + ms);
      await sleep(ms);
    },
    saveState: (saved) => state.saveState(owner, saved),
  };
  try {
    const result = await work({ ports, policy, deadline, lease });
    const handover =
      rotationToken === undefined || !handsOver ? undefined : { rotationToken, until: clock.now() + policy.handoverMs };
    await state.releaseLease(owner, handover);
    return result;
  } catch (error) {
    await state.releaseLease(owner).catch((cause: unknown) => {
      ports.log.warn('The lease could not be released; it ends by itself.', { reason: String(cause) });
    });
    throw error;
  }
};
