import * as z from 'zod';
import type { Clock } from '#shared/clock.ts';
import { type Operation, operation, ServiceError } from '../aws-json-server.ts';
import { labelsOf, moveLabel, type Secret, type SecretValue, sameValue } from './secret.ts';
import type { SecretStore } from './secret-store.ts';

export const invalidParameter = 'InvalidParameterException';
export const secretId = z.string().min(1).max(2048);
export const requestToken = z.string().min(32).max(64);
const label = z.string().min(1).max(256);
const tags = z.array(z.strictObject({ Key: z.string().min(1).max(128), Value: z.string().max(256) })).max(50);

const value = {
  SecretString: z
    .string()
    .refine((text) => Buffer.byteLength(text) <= 65_536, 'at most 65536 bytes')
    .optional(),
  SecretBinary: z.base64().max(87_384).optional(),
};

const requestedValue = (input: {
  SecretString?: string | undefined;
  SecretBinary?: string | undefined;
}): SecretValue | undefined => {
  const { SecretString, SecretBinary } = input;
  if (SecretString !== undefined && SecretBinary !== undefined) {
    throw new ServiceError(
      invalidParameter,
      "You can't specify both a binary secret value and a string secret value in the same secret.",
    );
  }
  if (SecretString !== undefined) return { SecretString };
  return SecretBinary === undefined ? undefined : { SecretBinary };
};

/** The token that becomes a version's id; the SDKs send one with every request. */
export const tokenOf = (input: { ClientRequestToken?: string | undefined }): string => {
  if (input.ClientRequestToken !== undefined) return input.ClientRequestToken;
  throw new ServiceError(
    'InvalidRequestException',
    'You must provide a ClientRequestToken value. We recommend a UUID-type value.',
  );
};

const writeVersion = (secret: Secret, id: string, next: SecretValue, labels: readonly string[], now: number): void => {
  const existing = secret.versions.get(id);
  if (existing?.value) {
    if (sameValue(existing.value, next)) return;
    throw new ServiceError(
      'ResourceExistsException',
      `You can't use ClientRequestToken ${id} because that value is already in use for a version of secret ${secret.arn}.`,
    );
  }
  if (existing) existing.value = next;
  else secret.versions.set(id, { id, createdAt: now, openedByRotation: false, value: next });
  for (const name of labels) moveLabel(secret, name, id);
  if (!secret.labels.has('AWSCURRENT')) moveLabel(secret, 'AWSCURRENT', id);
  secret.changedAt = now;
};

const createSecret = (store: SecretStore, clock: Clock): Operation =>
  operation(
    z.object({
      Name: z.string().regex(/^[\w/+=.@-]{1,512}$/, 'alphanumeric characters or /_+=.@-'),
      ClientRequestToken: requestToken.optional(),
      Description: z.string().max(2048).optional(),
      KmsKeyId: z.string().max(2048).optional(),
      Tags: tags.optional(),
      ...value,
    }),
    invalidParameter,
    (input) => {
      const initial = requestedValue(input);
      const versionId = initial && tokenOf(input);
      const existing = store.byName(input.Name);
      if (existing?.deletedAt !== undefined) {
        throw new ServiceError(
          'InvalidRequestException',
          "You can't create this secret because a secret with this name is already scheduled for deletion.",
        );
      }
      const repeated = versionId && existing?.versions.get(versionId);
      if (existing && !(repeated && sameValue(repeated.value, initial))) {
        throw new ServiceError(
          'ResourceExistsException',
          `The operation failed because the secret ${input.Name} already exists.`,
        );
      }
      const secret = existing ?? store.add(input.Name, clock.now());
      if (!existing) {
        if (input.Description !== undefined) secret.description = input.Description;
        if (input.KmsKeyId !== undefined) secret.kmsKeyId = input.KmsKeyId;
        for (const tag of input.Tags ?? []) secret.tags.set(tag.Key, tag.Value);
        if (initial && versionId) writeVersion(secret, versionId, initial, ['AWSCURRENT'], clock.now());
      }
      return { ARN: secret.arn, Name: secret.name, VersionId: versionId };
    },
  );

const putSecretValue = (store: SecretStore, clock: Clock): Operation =>
  operation(
    z.object({
      SecretId: secretId,
      ClientRequestToken: requestToken.optional(),
      VersionStages: z.array(label).min(1).max(20).optional(),
      ...value,
    }),
    invalidParameter,
    (input) => {
      const secret = store.findActive(input.SecretId);
      const next = requestedValue(input);
      if (!next) {
        throw new ServiceError('InvalidRequestException', 'You must provide either SecretString or SecretBinary.');
      }
      const versionId = tokenOf(input);
      writeVersion(secret, versionId, next, input.VersionStages ?? ['AWSCURRENT'], clock.now());
      return { ARN: secret.arn, Name: secret.name, VersionId: versionId, VersionStages: labelsOf(secret, versionId) };
    },
  );

const updateSecret = (store: SecretStore, clock: Clock): Operation =>
  operation(
    z.object({
      SecretId: secretId,
      ClientRequestToken: requestToken.optional(),
      Description: z.string().max(2048).optional(),
      KmsKeyId: z.string().max(2048).optional(),
      ...value,
    }),
    invalidParameter,
    (input) => {
      const secret = store.findActive(input.SecretId);
      const next = requestedValue(input);
      const versionId = next && tokenOf(input);
      if (next && versionId) writeVersion(secret, versionId, next, ['AWSCURRENT'], clock.now());
      if (input.Description !== undefined) secret.description = input.Description;
      if (input.KmsKeyId !== undefined) secret.kmsKeyId = input.KmsKeyId;
      secret.changedAt = clock.now();
      return { ARN: secret.arn, Name: secret.name, VersionId: versionId };
    },
  );

const getSecretValue = (store: SecretStore, clock: Clock): Operation =>
  operation(
    z.object({ SecretId: secretId, VersionId: requestToken.optional(), VersionStage: label.optional() }),
    invalidParameter,
    (input) => {
      const secret = store.findActive(input.SecretId);
      const stage = input.VersionStage ?? 'AWSCURRENT';
      const versionId = input.VersionId ?? secret.labels.get(stage);
      const version = versionId === undefined ? undefined : secret.versions.get(versionId);
      if (!version?.value) {
        const sought = input.VersionId === undefined ? `staging label: ${stage}` : `VersionId: ${input.VersionId}`;
        throw new ServiceError(
          'ResourceNotFoundException',
          `Secrets Manager can't find the specified secret value for ${sought}`,
        );
      }
      if (input.VersionStage !== undefined && secret.labels.get(input.VersionStage) !== version.id) {
        throw new ServiceError(
          'InvalidRequestException',
          'You provided a VersionStage that is not associated to the provided VersionId.',
        );
      }
      version.lastAccessedAt = clock.now();
      return {
        ARN: secret.arn,
        Name: secret.name,
        VersionId: version.id,
        VersionStages: labelsOf(secret, version.id),
        CreatedDate: version.createdAt / 1000,
        ...version.value,
      };
    },
  );

/** The operations that write and read values. */
export const valueOperations = (store: SecretStore, clock: Clock): Record<string, Operation> => ({
  CreateSecret: createSecret(store, clock),
  PutSecretValue: putSecretValue(store, clock),
  UpdateSecret: updateSecret(store, clock),
  GetSecretValue: getSecretValue(store, clock),
});
