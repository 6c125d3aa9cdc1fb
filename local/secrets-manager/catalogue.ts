import * as z from 'zod';
import type { Clock } from '#shared/clock.ts';
import { type Operation, operation, ServiceError } from '../aws-json-server.ts';
import { labelsOf, type Secret } from './secret.ts';
import type { SecretStore } from './secret-store.ts';
import { invalidParameter, secretId } from './values.ts';

const dayMs = 86_400_000;
const seconds = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : ms / 1000);
// AWS tells the last access by its day only.
const daySeconds = (ms: number | undefined): number | undefined =>
  ms === undefined ? undefined : (Math.floor(ms / dayMs) * dayMs) / 1000;

const labelledVersions = (secret: Secret): Record<string, string[]> | undefined => {
  const entries = [...secret.versions.keys()]
    .map((id) => [id, labelsOf(secret, id)] as const)
    .filter(([, labels]) => labels.length > 0);
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
};

const lastAccess = (secret: Secret): number | undefined => {
  const times = [...secret.versions.values()].flatMap((version) => version.lastAccessedAt ?? []);
  return times.length > 0 ? Math.max(...times) : undefined;
};

const describe = (secret: Secret) => ({
  ARN: secret.arn,
  Name: secret.name,
  Description: secret.description,
  KmsKeyId: secret.kmsKeyId,
  CreatedDate: seconds(secret.createdAt),
  LastChangedDate: seconds(secret.changedAt),
  LastAccessedDate: daySeconds(lastAccess(secret)),
  DeletedDate: seconds(secret.deletedAt),
  Tags: [...secret.tags].map(([Key, Value]) => ({ Key, Value })),
  ...(secret.rotation && {
    RotationEnabled: secret.rotation.enabled,
    RotationLambdaARN: secret.rotation.lambdaArn,
    RotationRules: secret.rotation.rules,
    LastRotatedDate: seconds(secret.rotation.lastRotatedAt),
    NextRotationDate: seconds(secret.rotation.nextRotationAt),
  }),
});

const paging = { MaxResults: z.int().min(1).max(100).default(100), NextToken: z.string().optional() };

const page = <Item>(items: readonly Item[], options: { MaxResults: number; NextToken?: string | undefined }) => {
  const start = options.NextToken === undefined ? 0 : Number(options.NextToken);
  if (!Number.isSafeInteger(start) || start < 0) {
    throw new ServiceError('InvalidNextTokenException', 'The NextToken value is invalid.');
  }
  const end = start + options.MaxResults;
  return { items: items.slice(start, end), NextToken: end < items.length ? String(end) : undefined };
};

const filterFields = {
  name: (secret: Secret) => [secret.name],
  description: (secret: Secret) => [secret.description ?? ''],
  'tag-key': (secret: Secret) => [...secret.tags.keys()],
  'tag-value': (secret: Secret) => [...secret.tags.values()],
  all: (secret: Secret) => [secret.name, secret.description ?? '', ...secret.tags.keys(), ...secret.tags.values()],
};

const filter = z.object({
  Key: z.enum(['name', 'description', 'tag-key', 'tag-value', 'all']),
  Values: z.array(z.string().max(512)).min(1).max(10),
});

// Values are prefixes; a leading ! negates one.
const matches = (secret: Secret, { Key, Values }: z.output<typeof filter>): boolean =>
  Values.some((value) => {
    const negated = value.startsWith('!');
    const prefix = negated ? value.slice(1) : value;
    return filterFields[Key](secret).some((text) => text.startsWith(prefix)) !== negated;
  });

const listSecrets = (store: SecretStore): Operation =>
  operation(
    z.object({
      ...paging,
      Filters: z.array(filter).max(10).default([]),
      IncludePlannedDeletion: z.boolean().default(false),
      SortOrder: z.enum(['asc', 'desc']).default('desc'),
    }),
    invalidParameter,
    (input) => {
      const found = store
        .all()
        .filter((secret) => input.IncludePlannedDeletion || secret.deletedAt === undefined)
        .filter((secret) => input.Filters.every((one) => matches(secret, one)));
      const { items, NextToken } = page(input.SortOrder === 'asc' ? found : found.toReversed(), input);
      return {
        SecretList: items.map((secret) => ({ ...describe(secret), SecretVersionsToStages: labelledVersions(secret) })),
        NextToken,
      };
    },
  );

const listSecretVersionIds = (store: SecretStore): Operation =>
  operation(
    z.object({ SecretId: secretId, IncludeDeprecated: z.boolean().default(false), ...paging }),
    invalidParameter,
    (input) => {
      const secret = store.find(input.SecretId);
      const versions = [...secret.versions.values()]
        .map((version) => ({ version, stages: labelsOf(secret, version.id) }))
        .filter(({ stages }) => input.IncludeDeprecated || stages.length > 0);
      const { items, NextToken } = page(versions, input);
      return {
        ARN: secret.arn,
        Name: secret.name,
        Versions: items.map(({ version, stages }) => ({
          VersionId: version.id,
          VersionStages: stages.length > 0 ? stages : undefined,
          CreatedDate: seconds(version.createdAt),
          LastAccessedDate: daySeconds(version.lastAccessedAt),
        })),
        NextToken,
      };
    },
  );

const deleteSecret = (store: SecretStore, clock: Clock): Operation =>
  operation(
    z.object({
      SecretId: secretId,
      RecoveryWindowInDays: z.int().min(7).max(30).optional(),
      ForceDeleteWithoutRecovery: z.boolean().default(false),
    }),
    invalidParameter,
    (input) => {
      if (input.ForceDeleteWithoutRecovery && input.RecoveryWindowInDays !== undefined) {
        throw new ServiceError(
          invalidParameter,
          "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
        );
      }
      const secret = input.ForceDeleteWithoutRecovery ? store.find(input.SecretId) : store.findActive(input.SecretId);
      const windowMs = input.ForceDeleteWithoutRecovery ? 0 : (input.RecoveryWindowInDays ?? 30) * dayMs;
      secret.deletedAt = clock.now() + windowMs;
      if (input.ForceDeleteWithoutRecovery) store.remove(secret);
      return { ARN: secret.arn, Name: secret.name, DeletionDate: seconds(secret.deletedAt) };
    },
  );

/** The operations that describe, list, tag and delete secrets. */
export const catalogueOperations = (store: SecretStore, clock: Clock): Record<string, Operation> => ({
  DescribeSecret: operation(z.object({ SecretId: secretId }), invalidParameter, (input) => {
    const secret = store.find(input.SecretId);
    return { ...describe(secret), VersionIdsToStages: labelledVersions(secret) };
  }),
  ListSecrets: listSecrets(store),
  ListSecretVersionIds: listSecretVersionIds(store),
  DeleteSecret: deleteSecret(store, clock),
  RestoreSecret: operation(z.object({ SecretId: secretId }), invalidParameter, (input) => {
    const secret = store.find(input.SecretId);
    delete secret.deletedAt;
    return { ARN: secret.arn, Name: secret.name };
  }),
  TagResource: operation(
    z.object({ SecretId: secretId, Tags: z.array(z.object({ Key: z.string().min(1).max(128), Value: z.string() })) }),
    invalidParameter,
    (input) => {
      const secret = store.findActive(input.SecretId);
      for (const tag of input.Tags) secret.tags.set(tag.Key, tag.Value);
    },
  ),
  UntagResource: operation(
    z.object({ SecretId: secretId, TagKeys: z.array(z.string()) }),
    invalidParameter,
    (input) => {
      const secret = store.findActive(input.SecretId);
      for (const key of input.TagKeys) secret.tags.delete(key);
    },
  ),
});
