import { createHash, generateKeyPairSync } from 'node:crypto';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { readSecretVersion } from '../aws/secret-version.ts';
import type { Clock } from '../clock.ts';
import { json } from '../deployment/environment.ts';
import { type SigningKey, signingKeySchema } from './token.ts';

/** Makes a key pair; its id is the key's own thumbprint (RFC 7638). */
export const createSigningKey = (now: number): SigningKey => {
  const { privateKey } = generateKeyPairSync('ed25519');
  const { crv, d, kty, x } = privateKey.export({ format: 'jwk' });
  const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x })).digest('base64url');
  return signingKeySchema().parse({ kid, privateKey: { kty, crv, x, d }, createdAt: new Date(now).toISOString() });
};

/** Reads the content of the secret `signing-key`; undefined for the placeholder, and for anything else that is no key. */
export const readSigningKey = (text: string): SigningKey | undefined => json(signingKeySchema()).safeParse(text).data;

// The key before stays accepted for a token's lifetime and an hour after a rotation: this much longer it may be used.
const rememberMs = 5 * 60_000;

/** Reads the current signing key and remembers it for five minutes. */
export const createSigningKeyReader = (options: {
  secretsManager: SecretsManagerClient;
  secretId: string;
  clock: Clock;
}): (() => Promise<SigningKey | undefined>) => {
  const { secretsManager, secretId, clock } = options;
  let known: { key: SigningKey; readAt: number } | undefined;
  return async () => {
    if (known !== undefined && clock.now() - known.readAt < rememberMs) return known.key;
    const version = await readSecretVersion(secretsManager, secretId, { VersionStage: 'AWSCURRENT' });
    const key = version && readSigningKey(version.text);
    known = key && { key, readAt: clock.now() };
    return key;
  };
};
