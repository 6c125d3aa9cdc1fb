import { randomUUID } from 'node:crypto';
import { type CryptoKey, errors, importJWK, jwtVerify, SignJWT } from 'jose';
import * as z from 'zod';
import type { Clock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import { once } from '../once.ts';

// Pinned: a token that names another algorithm is refused whatever its key is.
const algorithm = 'EdDSA';
const clockSkewSeconds = 60;

const publicKeySchema = once(() => z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string() }));
const privateKeySchema = once(() => publicKeySchema().extend({ d: z.string() }));

/** A public Ed25519 key as a JSON Web Key (RFC 8037). */
export type PublicKey = z.output<ReturnType<typeof publicKeySchema>>;

/** A public key under the id that tokens name it by. */
export const verificationKeySchema = once(() => z.object({ kid: z.string(), publicKey: publicKeySchema() }));

export type VerificationKey = z.output<ReturnType<typeof verificationKeySchema>>;

/** The content of the secret `signing-key`. */
export const signingKeySchema = once(() =>
  z.object({ kid: z.string(), privateKey: privateKeySchema(), createdAt: z.string() }),
);

/** The key that tokens are signed with. */
export type SigningKey = z.output<ReturnType<typeof signingKeySchema>>;

/** For whom and by whom tokens are. */
export interface TokenAudience {
  /** The gateway's URL. */
  issuer: string;
  /** The name of the stack: a token of another stage is of no use. */
  audience: string;
}

/** What a genuine token says. */
export interface CallerToken {
  callerId: string;
  /** The secret that it was got with: without that secret the token is worth nothing. */
  secretId: string;
  /** Epoch ms. */
  issuedAt: number;
  /** Epoch ms. */
  expiresAt: number;
  isExpired: boolean;
}

/** A text is no token of this gateway. The message holds nothing of it. */
export class InvalidTokenError extends GatewayError {
  constructor() {
    super('invalid_token', 'The access token is not valid.');
  }
}

const claimsSchema = once(() =>
  z.object({ sub: z.string(), sid: z.string(), created_at: z.coerce.number(), exp: z.number() }),
);

/**
 * Signs a token. Beside the claims of RFC 9068 it has `created_at` and `expires_in` in ms as text, as tokens of Adobe IMS do:
 * clients decode them to find when a token ends.
 *
 * @param options.lifetimeSeconds how long the token is good for
 */
export const signCallerToken = async (
  { kid, privateKey }: SigningKey,
  options: TokenAudience & { callerId: string; secretId: string; scope: string; lifetimeSeconds: number; clock: Clock },
): Promise<string> => {
  const { issuer, audience, callerId, secretId, scope, lifetimeSeconds, clock } = options;
  const now = clock.now();
  const issuedAt = Math.floor(now / 1000);
  const key = await importJWK(privateKey, algorithm);
  return new SignJWT({
    client_id: callerId,
    sid: secretId,
    scope,
    type: 'access_token',
    created_at: String(now),
    expires_in: String(lifetimeSeconds * 1000),
  })
    .setProtectedHeader({ alg: algorithm, kid, typ: 'at+jwt' })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(callerId)
    .setJti(randomUUID())
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + lifetimeSeconds)
    .sign(key);
};

/** The public key that belongs to a private one. */
export const getVerificationKey = ({ kid, privateKey }: SigningKey): VerificationKey => ({
  kid,
  publicKey: publicKeySchema().parse(privateKey),
});

/**
 * Verifies a token: signature, algorithm, issuer, audience, times (with 60 s of skew). An expired one is told apart, so that
 * its caller can be told to get another.
 *
 * @param findKey finds the public key of an id
 * @throws {InvalidTokenError} if this gateway has not issued it; what `findKey` throws
 */
export const verifyCallerToken = async (
  token: string,
  {
    issuer,
    audience,
    clock,
    findKey,
  }: TokenAudience & { clock: Clock; findKey(kid: string): Promise<CryptoKey | undefined> },
): Promise<CallerToken> => {
  const verify = (now: number) =>
    jwtVerify(
      token,
      async ({ kid }) => {
        const key = kid === undefined ? undefined : await findKey(kid);
        if (key === undefined) throw new errors.JWKSNoMatchingKey();
        return key;
      },
      {
        algorithms: [algorithm],
        issuer,
        audience,
        requiredClaims: ['sub', 'iat', 'exp'],
        clockTolerance: clockSkewSeconds,
        currentDate: new Date(now),
      },
    );
  const read = (payload: unknown, isExpired: boolean): CallerToken => {
    const { data } = claimsSchema().safeParse(payload);
    if (data === undefined) throw new InvalidTokenError();
    const { sub, sid, created_at: issuedAt, exp } = data;
    return { callerId: sub, secretId: sid, issuedAt, expiresAt: exp * 1000, isExpired };
  };
  try {
    const { payload } = await verify(clock.now());
    return read(payload, false);
  } catch (error) {
    // jose checks the signature first: what it says of the times of a token is said of a genuine one.
    if (error instanceof errors.JWTExpired) return read(error.payload, true);
    if (error instanceof errors.JOSEError) throw new InvalidTokenError();
    throw error;
  }
};
