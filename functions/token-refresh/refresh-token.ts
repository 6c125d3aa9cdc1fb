import { randomUUID } from 'node:crypto';
import type { ImsClient } from '#shared/adobe/auth/ims.ts';
import type { ClientCredentials, StoredAccessToken } from '#shared/adobe/auth/stored-credentials.ts';
import type { Sleep } from '#shared/adobe/http/retry-transient.ts';
import type { TokenRefreshEvent } from '#shared/aws/access-token-source.ts';
import type { Clock } from '#shared/clock.ts';
import { type Decision, decide } from './decide.ts';
import type { MintLease, MintLeases } from './mint-lease.ts';
import { type MintOutcome, mintToken } from './mint-token.ts';
import type { TokenStore, TokenVersion } from './token-store.ts';

/** Everything the token refresh needs of the world. */
export interface RefreshPorts {
  store: TokenStore;
  leases: MintLeases;
  ims: ImsClient;
  clock: Clock;
  sleep: Sleep;
  /** Comma-separated (Adobe: IMS v3). */
  scopes: string;
}

/** What a run found or did; `stored` is the token that is current at its end. */
export interface Refreshed {
  minted: boolean;
  reason: Decision['reason'] | 'not_configured' | 'minted_by_another_run';
  stored?: TokenVersion;
  outcome?: MintOutcome;
}

/** Another run holds the right to mint and did not end in time. */
export class MintInProgressError extends Error {
  override readonly name = 'MintInProgressError';
}

const longestLeaseMs = 45_000;
/** Left over, at the end of a lease, for the last try and for putting the token. */
const reserveMs = 12_000;
const pollMs = 250;

/**
 * Mints a new access token if that is due or forced, once however many runs there are at the same time: a run mints only
 * with a lease on the stored version; the others wait until that version is replaced or the lease is given up.
 *
 * @param deadline epoch ms when this run must have ended
 * @throws {ImsError} if IMS gave no token
 * @throws {MintInProgressError} if another run held the lease until the deadline
 */
export const refreshToken = async (
  ports: RefreshPorts,
  event: TokenRefreshEvent,
  deadline: number,
): Promise<Refreshed> => {
  const { store, leases, clock, sleep, scopes } = ports;
  const current = await store.readCredentials('AWSCURRENT');
  const credentials = current?.credentials;
  if (current === undefined || credentials === undefined) return { minted: false, reason: 'not_configured' };
  const from = { versionId: current.versionId, credentials };

  // The stored version that a run with the same credentials is about to replace: as good as a mint of our own.
  let awaited: string | undefined;
  for (;;) {
    const stored = await store.readToken();
    if (awaited !== undefined && awaited !== stored.versionId) {
      return { minted: false, reason: 'minted_by_another_run', stored };
    }
    const decision = decide(event, stored, { credentials, scopes }, clock.now());
    if (!decision.mint) return { minted: false, reason: decision.reason, stored };

    const lease: MintLease = {
      owner: randomUUID(),
      tokenVersionId: stored.versionId,
      credentialsVersionId: from.versionId,
      until: Math.min(deadline, clock.now() + longestLeaseMs),
    };
    const other = await leases.take(lease);
    if (other === undefined) {
      const minted = await mintUnderLease(ports, from, stored, lease);
      if (minted) return { minted: true, reason: decision.reason, ...minted };
    } else {
      awaited = other.credentialsVersionId === from.versionId ? stored.versionId : undefined;
      if (clock.now() + pollMs > deadline) {
        throw new MintInProgressError('Another run is minting the access token and has not ended yet.');
      }
      await sleep(pollMs);
    }
  }
};

const mintUnderLease = async (
  ports: RefreshPorts,
  from: { versionId: string; credentials: ClientCredentials },
  stored: TokenVersion,
  lease: MintLease,
): Promise<{ stored: TokenVersion; outcome: MintOutcome } | undefined> => {
  const { store, leases, clock, sleep, scopes } = ports;
  try {
    // The version may have been replaced between reading it and taking the lease on it.
    if ((await store.readToken()).versionId !== stored.versionId) return undefined;
    const mintedAt = clock.now();
    const outcome = await mintToken(ports, from, { clock, sleep, deadline: lease.until - reserveMs });
    const { accessToken, expiresAt, clientId } = outcome;
    const token: StoredAccessToken = { accessToken, expiresAt, clientId, scope: scopes, mintedAt };
    const versionId = await store.putToken(token, stored.versionId);
    return versionId === undefined ? undefined : { stored: { versionId, token }, outcome };
  } catch (error) {
    await leases.release(lease);
    throw error;
  }
};
