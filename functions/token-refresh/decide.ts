import type { ClientCredentials, StoredAccessToken } from '#shared/adobe/auth/stored-credentials.ts';
import type { TokenRefreshEvent } from '#shared/aws/access-token-source.ts';
import type { TokenVersion } from './token-store.ts';

/** Whether a new token is minted now, and why or why not. */
export type Decision =
  | { mint: true; reason: 'rotated' | 'refused' | 'first' | 'credentials_changed' | 'due' }
  | { mint: false; reason: 'superseded' | 'recently_put' | 'fresh' };

/** AWS advises against more than one new version of a secret in 10 minutes: old versions are removed only so fast. */
const leastMsBetweenPuts = 10 * 60_000;

/** Adobe: tokens live for 24 h. Used for a token that does not tell when it was minted. */
const usualLifetimeMs = 24 * 3_600_000;

/**
 * Decides about a mint. A refused version and a rotation force it; otherwise it happens when less than half of the
 * lifetime is left, or when the token belongs to another client id or other scopes than those configured.
 */
export const decide = (
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
  if (nowMs - mintedAt(token) < leastMsBetweenPuts) return { mint: false, reason: 'recently_put' };
  if (token.clientId !== wanted.credentials.clientId || token.scope !== wanted.scopes) {
    return { mint: true, reason: 'credentials_changed' };
  }
  const halfLifeMs = (mintedAt(token) + token.expiresAt) / 2;
  return nowMs > halfLifeMs ? { mint: true, reason: 'due' } : { mint: false, reason: 'fresh' };
};

const mintedAt = (token: StoredAccessToken): number => token.mintedAt ?? token.expiresAt - usualLifetimeMs;
