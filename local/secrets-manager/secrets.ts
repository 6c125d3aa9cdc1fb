import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { memoryState, type State } from '../data/state.ts';
import { ServiceError } from '../service-error.ts';

/** One version of a secret; a version without labels is deprecated, one that a rotation just opened has no value yet. */
export interface SecretVersion {
  readonly id: string;
  readonly createdAt: number;
  /** What RotateSecret opened it for, so that a repeated request with its token is recognised. */
  readonly openedFor?: 'rotation' | 'test' | undefined;
  value?: string | undefined;
  lastAccessedAt?: number | undefined;
}

/** How often a secret rotates. Source: RotationRulesType of the Secrets Manager API. */
export interface RotationRules {
  AutomaticallyAfterDays?: number | undefined;
}

/** A secret with its versions; all times in epoch milliseconds. */
export interface Secret {
  readonly arn: string;
  readonly name: string;
  readonly createdAt: number;
  readonly versions: Map<string, SecretVersion>;
  /** Which version each staging label is attached to: a label is never on two versions. */
  readonly labels: Map<string, string>;
  changedAt: number;
  rotation?:
    | {
        lambdaArn: string;
        rules: RotationRules;
        lastRotatedAt?: number | undefined;
        nextRotationAt?: number | undefined;
      }
    | undefined;
}

const maxDeprecatedVersions = 100;

/** The labels of a version, in no particular order. */
export const labelsOf = (secret: Secret, versionId: string): string[] =>
  [...secret.labels].filter(([, holder]) => holder === versionId).map(([label]) => label);

/** Attaches a label to a version, taking it from another; AWSCURRENT leaves AWSPREVIOUS behind, as in AWS. */
export const moveLabel = (secret: Secret, label: string, versionId: string): void => {
  const holder = secret.labels.get(label);
  if (holder === versionId) return;
  if (label === 'AWSCURRENT' && holder !== undefined) secret.labels.set('AWSPREVIOUS', holder);
  secret.labels.set(label, versionId);
  pruneDeprecated(secret);
};

const pruneDeprecated = (secret: Secret): void => {
  const labelled = new Set(secret.labels.values());
  const deprecated = [...secret.versions.keys()].filter((id) => !labelled.has(id));
  for (const id of deprecated.slice(0, -maxDeprecatedVersions)) secret.versions.delete(id);
};

const arnPrefix = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:';
const suffixAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

const arnSuffix = (): string => Array.from(randomBytes(6), (byte) => suffixAlphabet[byte % 62]).join('');

/** All secrets of the account, found by name, ARN or ARN without its random suffix. */
export interface SecretStore {
  add(name: string, now: number): Secret;
  byName(name: string): Secret | undefined;
  search(secretId: string): Secret | undefined;
  /** @throws {ServiceError} ResourceNotFoundException */
  find(secretId: string): Secret;
  /** In the order of their creation. */
  all(): Secret[];
  /** Keeps a secret as it is now, before anybody is told of it. */
  keep(secret: Secret): void;
}

const versionSchema = z.object({
  id: z.string(),
  createdAt: z.number(),
  openedFor: z.enum(['rotation', 'test']).optional(),
  value: z.string().optional(),
  lastAccessedAt: z.number().optional(),
});

const secretSchema = z.object({
  arn: z.string(),
  name: z.string(),
  createdAt: z.number(),
  versions: z.array(versionSchema),
  labels: z.array(z.tuple([z.string(), z.string()])),
  changedAt: z.number(),
  rotation: z
    .object({
      lambdaArn: z.string(),
      rules: z.object({ AutomaticallyAfterDays: z.int().optional() }),
      lastRotatedAt: z.number().optional(),
      nextRotationAt: z.number().optional(),
    })
    .optional(),
});

const readSecrets = (state: State): Map<string, Secret> => {
  const kept = [...state.read('secret', secretSchema).values()].toSorted((a, b) => a.createdAt - b.createdAt);
  return new Map(
    kept.map(({ versions, labels, ...secret }) => [
      secret.name,
      { ...secret, versions: new Map(versions.map((version) => [version.id, version])), labels: new Map(labels) },
    ]),
  );
};

/** @param state keeps the secrets; by default they end with the process */
export const createSecretStore = (state: State = memoryState): SecretStore => {
  const secrets = readSecrets(state);
  const search = (secretId: string): Secret | undefined => {
    const name = secretId.startsWith(arnPrefix) ? secretId.slice(arnPrefix.length) : secretId;
    const secret = secrets.get(name) ?? secrets.get(name.replace(/-[A-Za-z0-9]{6}$/, ''));
    return secret && [secret.name, secret.arn, arnPrefix + secret.name].includes(secretId) ? secret : undefined;
  };
  return {
    keep: (secret) => {
      const { versions, labels, ...rest } = secret;
      const value = { ...rest, versions: [...versions.values()], labels: [...labels] };
      state.write({ kind: 'secret', id: secret.name, value });
    },
    add: (name, now) => {
      const secret: Secret = {
        arn: `${arnPrefix}${name}-${arnSuffix()}`,
        name,
        createdAt: now,
        changedAt: now,
        versions: new Map(),
        labels: new Map(),
      };
      secrets.set(name, secret);
      return secret;
    },
    byName: (name) => secrets.get(name),
    search,
    find: (secretId) => {
      const secret = search(secretId);
      if (secret !== undefined) return secret;
      throw new ServiceError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    },
    all: () => [...secrets.values()],
  };
};
