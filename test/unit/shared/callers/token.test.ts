import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { importJWK } from 'jose';
import { describe, expect, it } from 'vitest';
import { createSigningKey } from '#shared/callers/signing-key.ts';
import { getVerificationKey, InvalidTokenError, signCallerToken, verifyCallerToken } from '#shared/callers/token.ts';
import { createManualClock } from '#test/fixtures/manual-clock.ts';

const clock = createManualClock();
const start = clock.now();
const key = createSigningKey(start);
const audience = { issuer: 'https://gateway.example.com', audience: 'firefly-gateway-prod' };
const caller = { callerId: 'fgw_0123', secretId: 's1', scope: 'openid,firefly_api' };

const sign = (changes: Partial<Parameters<typeof signCallerToken>[1]> = {}, signedWith = key) =>
  signCallerToken(signedWith, { ...audience, ...caller, lifetimeSeconds: 3_600, clock, ...changes });

const findKey = async (kid: string) => {
  const { publicKey } = getVerificationKey(key);
  const imported = kid === key.kid ? await importJWK(publicKey, 'EdDSA') : undefined;
  return imported instanceof Uint8Array ? undefined : imported;
};
const verify = (token: string, changes: Partial<typeof audience> = {}) =>
  verifyCallerToken(token, { ...audience, clock, findKey, ...changes });

const decode = (part: string | undefined) => JSON.parse(Buffer.from(part ?? '', 'base64url').toString());
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a token of a caller', () => {
  it('says whose it is, with which secret it was got and when it ends', async () => {
    expect(await verify(await sign())).toEqual({
      callerId: 'fgw_0123',
      secretId: 's1',
      issuedAt: start,
      expiresAt: start + 3_600_000,
      isExpired: false,
    });
  });

  it('has what clients of Adobe decode: created_at and expires_in in ms, as text', async () => {
    const [, claims] = (await sign()).split('.');
    expect(decode(claims)).toMatchObject({
      client_id: 'fgw_0123',
      created_at: String(start),
      expires_in: '3600000',
      scope: 'openid,firefly_api',
      aud: 'firefly-gateway-prod',
      iss: 'https://gateway.example.com',
    });
  });

  it('is told apart when it has expired, a minute of skew allowed', async () => {
    const token = await sign();
    try {
      clock.set(start + 3_600_000 + 59_000);
      expect(await verify(token)).toMatchObject({ isExpired: false });
      clock.set(start + 3_600_000 + 61_000);
      expect(await verify(token)).toMatchObject({ isExpired: true, callerId: 'fgw_0123' });
    } finally {
      clock.set(start);
    }
  });

  it.each<[string, () => Promise<string>]>([
    ['of another stage', () => sign({ audience: 'firefly-gateway-dev' })],
    ['of another gateway', () => sign({ issuer: 'https://other.example.com' })],
    ['signed with another key under the same id', () => sign({}, { ...createSigningKey(start), kid: key.kid })],
    ['signed with a key that is not published', () => sign({}, createSigningKey(start))],
    ['expired, and of another stage', () => sign({ audience: 'other', lifetimeSeconds: -600 })],
    [
      'expired, and signed with another key',
      () => sign({ lifetimeSeconds: -600 }, { ...createSigningKey(start), kid: key.kid }),
    ],
    [
      'without a signature, by "alg":"none"',
      async () => {
        const [header, claims] = (await sign()).split('.');
        return `${encode({ ...decode(header), alg: 'none' })}.${claims}.`;
      },
    ],
    [
      'signed with the public key as a shared secret, by "alg":"HS256"',
      async () => {
        const [header, claims] = (await sign()).split('.');
        const signed = `${encode({ ...decode(header), alg: 'HS256' })}.${claims}`;
        return `${signed}.${createHmac('sha256', getVerificationKey(key).publicKey.x).update(signed).digest('base64url')}`;
      },
    ],
    [
      'whose caller was changed',
      async () => {
        const [header, claims, signature] = (await sign()).split('.');
        return `${header}.${encode({ ...decode(claims), sub: 'fgw_other' })}.${signature}`;
      },
    ],
  ])('is refused %s', async (_, make) => {
    await expect(verify(await make())).rejects.toThrow(InvalidTokenError);
  });

  it('is refused for whatever else a text is', async () => {
    const parts = (await sign()).split('.');
    const part = fc.oneof(fc.constantFrom(...parts), fc.base64String(), fc.string(), fc.json().map(encode));
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 5 }), async (chosen) => {
        const text = chosen.join('.');
        if (text === parts.join('.')) return;
        await expect(verify(text)).rejects.toThrow(InvalidTokenError);
      }),
      { numRuns: 300 },
    );
  });
});
