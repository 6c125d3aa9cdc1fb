import { randomUUID } from 'node:crypto';
import { findMissingScopes, splitScopes } from '#shared/adobe/auth/scopes.ts';
import type { ClientCredentials, StoredAccessToken } from '#shared/adobe/auth/stored-credentials.ts';
import type { TokenRefreshEvent } from '#shared/aws/access-token-source.ts';
import { GatewayError } from '#shared/errors.ts';
import type { TokenRefreshContext } from './context.ts';
import { type MintLease, maxLeaseMs } from './mint-lease.ts';
import { type MintOutcome, mintToken } from './mint-token.ts';
import type { TokenVersion } from './token-store.ts';

/** Whether a new token is minted now, and why or why not. */
export type Decision =
  | { mint: true; reason: 'rotated' | 'refused' | 'first' | 'credentials_changed' | 'scopes_missing' | 'due' }
  | { mint: false; reason: 'superseded' | 'recently_put' | 'fresh' };

/** What a run found or did; `stored` is the token that is current at its end. */
export interface Refreshed {
  minted: boolean;
  reason: Decision['reason'] | 'not_configured' | 'minted_by_another_run';
  stored?: TokenVersion;
  outcome?: MintOutcome;
}

/** Another run holds the right to mint and did not end in time. */
export class MintInProgressError extends GatewayError {
  constructor() {
    super('mint_in_progress', 'Another run is minting the access token and has not ended yet.');
  }
}

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
  context: TokenRefreshContext,
  event: TokenRefreshEvent,
  deadline: number,
): Promise<Refreshed> => {
  const { store, leases, clock, sleep, scopes } = context;
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
      until: Math.min(deadline, clock.now() + maxLeaseMs),
    };
    const other = await leases.take(lease);
    if (other === undefined) {
      const minted = await mintUnderLease(context, from, stored, lease);
      if (minted) return { minted: true, reason: decision.reason, ...minted };
    } else {
      awaited = other.credentialsVersionId === from.versionId ? stored.versionId : undefined;
      if (clock.now() + pollMs > deadline) {
        throw new MintInProgressError();
      }
      await sleep(pollMs);
    }
  }
};

const mintUnderLease = async (
  context: TokenRefreshContext,
  from: { versionId: string; credentials: ClientCredentials },
  stored: TokenVersion,
  lease: MintLease,
): Promise<{ stored: TokenVersion; outcome: MintOutcome } | undefined> => {
  const { store, leases, clock, sleep, scopes } = context;
  try {
    // The version may have been replaced between reading it and taking the lease on it.
    if ((await store.readToken()).versionId !== stored.versionId) return undefined;
    const mintedAt = clock.now();
    const outcome = await mintToken(context, from, { clock, sleep, deadline: lease.until - reserveMs });
    const { accessToken, expiresAt, clientId } = outcome;
    const missingScopes = findMissingScopes(outcome, splitScopes(scopes));
    const token: StoredAccessToken = { accessToken, expiresAt, clientId, scope: scopes, mintedAt, missingScopes };
    const versionId = await store.putToken(token, stored.versionId);
    return versionId === undefined ? undefined : { stored: { versionId, token }, outcome };
  } catch (error) {
    await leases.release(lease);
    throw error;
  }
};

/** AWS advises against more than one new version of a secret in 10 minutes: old versions are removed only so fast. */
const minMsBetweenPuts = 10 * 60_000;

/** An operator may have added a service to the credential meanwhile. */
const minMsBetweenScopeTries = 3_600_000;

/** Adobe: tokens live for 24 h. Assumed for a token stored without the time when it was minted. */
const usualLifetimeMs = 24 * 3_600_000;

/**
 * Decides about a mint. A refused version and a rotation force it; otherwise it happens when less than half of the
 * lifetime is left, when the token belongs to another client id or other scopes than those configured, or once in a while
 * when it lacks some of them.
 */
const decide = (
  event: TokenRefreshEvent,
  { versionId, token }: TokenVersion,
  wanted: { credentials: ClientCredentials; scopes: string },
  nowMs: number,
): Decision => {
  if (event.reason === 'rotated') return { mint: true, reason: 'rotated' };
  if (event.refusedVersionId !== undefined) {
    return event.refusedVersionId === versionId
      ? { mint: true, reason: 'refused' }
      : { mint: false, reason: 'superseded' };
  }
  if (token === undefined) return { mint: true, reason: 'first' };
  // The clock was set back since: by this one nothing says how long the token is good.
  if (readMintedAt(token) - nowMs > minMsBetweenPuts) return { mint: true, reason: 'due' };
  if (nowMs - readMintedAt(token) < minMsBetweenPuts) return { mint: false, reason: 'recently_put' };
  if (token.clientId !== wanted.credentials.clientId || token.scope !== wanted.scopes) {
    return { mint: true, reason: 'credentials_changed' };
  }
  if (token.missingScopes?.length && nowMs - readMintedAt(token) > minMsBetweenScopeTries) {
    return { mint: true, reason: 'scopes_missing' };
  }
  const halfLifeMs = (readMintedAt(token) + token.expiresAt) / 2;
  return nowMs > halfLifeMs ? { mint: true, reason: 'due' } : { mint: false, reason: 'fresh' };
};

const readMintedAt = (token: StoredAccessToken): number => token.mintedAt ?? token.expiresAt - usualLifetimeMs;
