import { randomBytes } from 'node:crypto';
import { ServiceError } from '../aws-json-server.ts';
import type { Secret } from './secret.ts';

const arnPrefix = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:';
const suffixAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

const arnSuffix = (): string => Array.from(randomBytes(6), (byte) => suffixAlphabet[byte % 62]).join('');

/** All secrets of the account, found by name, ARN or ARN without its random suffix. */
export interface SecretStore {
  add(name: string, now: number): Secret;
  /** A secret of this name, also one that waits for its deletion. */
  byName(name: string): Secret | undefined;
  /** @throws {ServiceError} ResourceNotFoundException */
  find(secretId: string): Secret;
  /** As `find`, and the secret is in use. @throws {ServiceError} InvalidRequestException when it waits for its deletion */
  findActive(secretId: string): Secret;
  remove(secret: Secret): void;
  /** In the order of their creation. */
  all(): Secret[];
}

export const createSecretStore = (): SecretStore => {
  const secrets = new Map<string, Secret>();

  const find = (secretId: string): Secret => {
    const name = secretId.startsWith(arnPrefix) ? secretId.slice(arnPrefix.length) : secretId;
    const secret = secrets.get(name) ?? secrets.get(name.replace(/-[A-Za-z0-9]{6}$/, ''));
    const found =
      secret && (secretId === secret.name || secretId === secret.arn || `${arnPrefix}${secret.name}` === secretId);
    if (!found) {
      throw new ServiceError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    }
    return secret;
  };

  return {
    add: (name, now) => {
      const secret: Secret = {
        arn: `${arnPrefix}${name}-${arnSuffix()}`,
        name,
        createdAt: now,
        changedAt: now,
        versions: new Map(),
        labels: new Map(),
        tags: new Map(),
      };
      secrets.set(name, secret);
      return secret;
    },
    byName: (name) => secrets.get(name),
    find,
    findActive: (secretId) => {
      const secret = find(secretId);
      if (secret.deletedAt === undefined) return secret;
      throw new ServiceError(
        'InvalidRequestException',
        "You can't perform this operation on the secret because it was marked for deletion.",
      );
    },
    remove: (secret) => {
      secrets.delete(secret.name);
    },
    all: () => [...secrets.values()],
  };
};
