import { createHash, randomUUID } from 'node:crypto';
import type { Clock } from '#shared/clock.ts';
import { type Answer, adobeError, Refusal } from './http/answer.ts';
import { bearerToken, type ReceivedRequest } from './http/request.ts';
import type { Manner } from './manner/manner.ts';
import { isSignatureOf, signatureOf } from './signature.ts';

/** The claims of an access token as IMS writes them: times are decimal strings in ms, and there is no `exp`. */
export interface TokenClaims {
  id: string;
  type: 'access_token';
  as: 'ims-na1';
  client_id: string;
  user_id: string;
  aa_id: string;
  /** Comma-separated. */
  scope: string;
  created_at: string;
  expires_in: string;
  fg: string;
  moi: string;
  /** The client secret it was minted with; the simulator's own claim. */
  sid: string;
}

/** Issues and checks access tokens. */
export interface Tokens {
  issue(grant: { clientId: string; scopes: readonly string[]; secretUuid: string; lifetimeMs: number }): string;
  /** The claims of a token that is genuine and in force, else undefined. */
  verify(token: string): TokenClaims | undefined;
  /** Whether a token is genuine and past its lifetime. */
  isExpired(token: string): boolean;
  /** Ends every token issued before now. */
  expireIssued(): void;
  /** Ends every token minted with one client secret. */
  revokeSecret(secretUuid: string): void;
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Tokens are self-contained JWTs; only their revocation is state of this process. */
export const createTokens = (clock: Clock): Tokens => {
  const revokedSecrets = new Set<string>();
  let expiredBefore = 0;
  let expiredIds = new Set<string>();
  let latest = { issuedAt: 0, ids: new Set<string>() };

  return {
    issue: ({ clientId, scopes, secretUuid, lifetimeMs }) => {
      const now = clock.now();
      const id = `${now}_${randomUUID()}_ue1`;
      if (latest.issuedAt !== now) latest = { issuedAt: now, ids: new Set() };
      latest.ids.add(id);
      const account = `${createHash('sha256').update(clientId).digest('hex').slice(0, 24).toUpperCase()}@techacct.adobe.com`;
      const claims: TokenClaims = {
        id,
        type: 'access_token',
        as: 'ims-na1',
        client_id: clientId,
        user_id: account,
        aa_id: account,
        scope: scopes.join(','),
        created_at: String(now),
        expires_in: String(lifetimeMs),
        fg: 'SIMULATED',
        moi: id.slice(-12, -4),
        sid: secretUuid,
      };
      const signed = `${encode({ alg: 'HS256', x5u: 'ims_na1-simulated-key-1.cer', kid: 'simulated', itt: 'at' })}.${encode(claims)}`;
      return `${signed}.${signatureOf(signed)}`;
    },

    verify: (token) => {
      const claims = readClaims(token);
      if (!claims) return undefined;
      const createdAt = Number(claims.created_at);
      const inForce =
        clock.now() < createdAt + Number(claims.expires_in) &&
        createdAt >= expiredBefore &&
        !expiredIds.has(claims.id) &&
        !revokedSecrets.has(claims.sid);
      return inForce ? claims : undefined;
    },

    isExpired: (token) => {
      const claims = readClaims(token);
      return claims !== undefined && clock.now() >= Number(claims.created_at) + Number(claims.expires_in);
    },

    // Tokens of the very millisecond are told apart by id, as a frozen clock issues all of them in one.
    expireIssued: () => {
      expiredBefore = clock.now();
      expiredIds = latest.issuedAt === expiredBefore ? new Set(latest.ids) : new Set();
    },

    revokeSecret: (secretUuid) => {
      revokedSecrets.add(secretUuid);
    },
  };
};

const readClaims = (token: string): TokenClaims | undefined => {
  const [header, payload, signature, ...rest] = token.split('.');
  if (!header || !payload || !signature || rest.length > 0) return undefined;
  if (!isSignatureOf(signature, `${header}.${payload}`)) return undefined;
  return JSON.parse(Buffer.from(payload, 'base64url').toString()) as TokenClaims;
};

/**
 * What the gateway in front of every *.adobe.io host checks before a service sees the request.
 *
 * @param scopes all of them must be in the token
 * @param write the body of a refusal, which some services have otherwise
 * @throws {Refusal} with the gateway's own six-digit error codes
 */
export const authorize = (
  request: ReceivedRequest,
  tokens: Tokens,
  scopes: readonly string[],
  { isObserved }: Manner,
  write: (status: number, code: string, message: string) => Answer = adobeError,
): TokenClaims => {
  const apiKey = request.headers['x-api-key'];
  if (!apiKey) throw new Refusal(write(403, '403000', 'Api Key is required'));
  const token = bearerToken(request);
  if (!token) throw new Refusal(write(403, '403010', 'Oauth token is missing'));
  const claims = tokens.verify(token);
  if (!claims && isObserved('expired-token-is-401014') && tokens.isExpired(token)) {
    throw new Refusal(write(401, '401014', 'Oauth token has expired'));
  }
  if (!claims) throw new Refusal(write(401, '401013', 'Oauth token is not valid'));
  if (apiKey !== claims.client_id) throw new Refusal(write(403, '403003', 'Api Key is invalid'));
  const granted = claims.scope.split(',');
  if (!scopes.every((scope) => granted.includes(scope))) throw new Refusal(write(403, '403011', 'Scope mismatch'));
  return claims;
};
