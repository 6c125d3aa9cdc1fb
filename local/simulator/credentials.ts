import { randomBytes, randomUUID } from 'node:crypto';
import { generationScopes, managementScopes } from '#shared/adobe/auth/scopes.ts';
import type { Clock } from '#shared/clock.ts';
import type { Manner } from './manner/manner.ts';
import type { SimulatorSettings } from './settings.ts';

/** The credential that a simulator knows when it starts. Its secret is public and opens nothing but a simulator. */
export const simulatedCredentials = {
  clientId: 'simulated-client',
  clientSecret: 'simulated-secret-1',
  secretUuid: '11ed0000-0000-4000-8000-000000000001',
  orgId: '23294',
  projectId: '4566206088345177434',
  credentialId: '112233',
} as const;

/** Adobe: a credential has at most two client secrets. */
export const maxClientSecrets = 2;

/** A credential of the simulated Developer Console. */
export interface Credential {
  clientId: string;
  orgId: string;
  projectId: string;
  credentialId: string;
  /** The scopes that the credential may ask for. */
  scopes: readonly string[];
  /** The secret it starts with. */
  clientSecret: string;
  secretUuid: string;
  /** Epoch ms. */
  createdAt: number;
}

/** A client secret with its value, as only the console user sees it. */
export interface ClientSecret {
  uuid: string;
  value: string;
  /** Epoch ms. */
  createdAt: number;
  /** Epoch ms; null until IMS first accepts it. */
  lastUsedAt: number | null;
}

/** The state behind the console page of one credential, shared by IMS and the I/O Management API. */
export interface CredentialStore {
  readonly credential: Credential;
  /** Oldest first. */
  secrets(): readonly ClientSecret[];
  /** Adds a secret, or returns undefined when there are already two. */
  add(): ClientSecret | undefined;
  /** Deletes for good and says whether the secret was there; a console user may delete even the last one. */
  delete(uuid: string): boolean;
  /** The secret with this value if IMS accepts it by now; its last use is noted. */
  authenticate(value: string): ClientSecret | undefined;
}

const observedDelayMs = 5_000;

/**
 * Keeps the secrets of one credential in memory; it starts with one, a day old.
 *
 * @param serviceScopes what it may ask for beside Firefly and the rotation of its secrets
 */
export const createCredentialStore = (
  overrides: Partial<Credential>,
  clock: Clock,
  settings: Pick<SimulatorSettings, 'secretPropagationMs'>,
  manner: Manner,
  serviceScopes: readonly string[] = [],
): CredentialStore => {
  const scopes = [...new Set([...generationScopes, ...managementScopes, ...serviceScopes])];
  const createdAt = clock.now() - 86_400_000;
  const credential: Credential = { ...simulatedCredentials, scopes, createdAt, ...overrides };
  const first = { uuid: credential.secretUuid, value: credential.clientSecret, lastUsedAt: null };
  const secrets: (ClientSecret & { acceptedFrom: number })[] = [
    { ...first, createdAt: credential.createdAt, acceptedFrom: 0 },
  ];
  return {
    credential,
    secrets: () => secrets,
    add: () => {
      if (secrets.length >= maxClientSecrets) return undefined;
      const createdAt = clock.now();
      const value = `p8e-simulated-${randomBytes(18).toString('base64url')}`;
      const delayMs = manner.isObserved('new-secret-delayed') ? observedDelayMs : 0;
      const acceptedFrom = createdAt + Math.max(settings.secretPropagationMs, delayMs);
      const secret = { uuid: randomUUID(), value, createdAt, lastUsedAt: null, acceptedFrom };
      secrets.push(secret);
      return secret;
    },
    delete: (uuid) => {
      const index = secrets.findIndex((secret) => secret.uuid === uuid);
      if (index < 0) return false;
      secrets.splice(index, 1);
      return true;
    },
    authenticate: (value) => {
      const now = clock.now();
      const secret = secrets.find((candidate) => candidate.value === value && candidate.acceptedFrom <= now);
      if (secret) secret.lastUsedAt = now;
      return secret;
    },
  };
};
