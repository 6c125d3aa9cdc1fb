import * as z from 'zod';
import type { Clock } from '#shared/clock.ts';
import { type Operation, operation } from '../aws-json-server.ts';
import { ServiceError } from '../service-error.ts';
import { labelsOf, moveLabel, type Secret, type SecretStore } from './secrets.ts';

export const invalidParameter = 'InvalidParameterException';
export const secretId = z.string().min(1).max(2048);
export const requestToken = z.string().min(32).max(64);
const label = z.string().min(1).max(256);
const secretString = z.string().refine((text) => Buffer.byteLength(text) <= 65_536, 'at most 65536 bytes');

/** The token that becomes a version's id; the SDKs send one with every request. */
export const tokenOf = (input: { ClientRequestToken?: string | undefined }): string => {
  if (input.ClientRequestToken !== undefined) return input.ClientRequestToken;
  throw new ServiceError(
    'InvalidRequestException',
    'You must provide a ClientRequestToken value. We recommend a UUID-type value.',
  );
};

const writeVersion = (secret: Secret, id: string, next: string, labels: readonly string[], now: number): void => {
  const existing = secret.versions.get(id);
  if (existing?.value !== undefined) {
    if (existing.value === next) return;
    throw new ServiceError(
      'ResourceExistsException',
      `You can't use ClientRequestToken ${id} because that value is already in use for a version of secret ${secret.arn}.`,
    );
  }
  if (existing) existing.value = next;
  else secret.versions.set(id, { id, createdAt: now, value: next });
  for (const name of labels) moveLabel(secret, name, id);
  if (!secret.labels.has('AWSCURRENT')) moveLabel(secret, 'AWSCURRENT', id);
  secret.changedAt = now;
};

const createSecret = (store: SecretStore, clock: Clock): Operation =>
  operation(
    z.strictObject({
      Name: z.string().regex(/^[\w/+=.@-]{1,512}$/, 'alphanumeric characters or /_+=.@-'),
      ClientRequestToken: requestToken.optional(),
      SecretString: secretString.optional(),
    }),
    invalidParameter,
    (input) => {
      const initial = input.SecretString;
      const versionId = initial === undefined ? undefined : tokenOf(input);
      const existing = store.byName(input.Name);
      const repeated = versionId && existing?.versions.get(versionId);
      if (existing && !(repeated && repeated.value === initial)) {
        throw new ServiceError(
          'ResourceExistsException',
          `The operation failed because the secret ${input.Name} already exists.`,
        );
      }
      const secret = existing ?? store.add(input.Name, clock.now());
      if (!existing && initial !== undefined && versionId) {
        writeVersion(secret, versionId, initial, ['AWSCURRENT'], clock.now());
      }
      store.keep(secret);
      return { ARN: secret.arn, Name: secret.name, VersionId: versionId };
    },
  );

const putSecretValue = (store: SecretStore, clock: Clock): Operation =>
  operation(
    z.strictObject({
      SecretId: secretId,
      ClientRequestToken: requestToken.optional(),
      VersionStages: z.array(label).min(1).max(20).optional(),
      SecretString: secretString.optional(),
    }),
    invalidParameter,
    (input) => {
      const secret = store.find(input.SecretId);
      if (input.SecretString === undefined) {
        throw new ServiceError('InvalidRequestException', 'You must provide either SecretString or SecretBinary.');
      }
      const versionId = tokenOf(input);
      writeVersion(secret, versionId, input.SecretString, input.VersionStages ?? ['AWSCURRENT'], clock.now());
      store.keep(secret);
      return { ARN: secret.arn, Name: secret.name, VersionId: versionId, VersionStages: labelsOf(secret, versionId) };
    },
  );

const getSecretValue = (store: SecretStore, clock: Clock): Operation =>
  operation(
    z.strictObject({ SecretId: secretId, VersionId: requestToken.optional(), VersionStage: label.optional() }),
    invalidParameter,
    (input) => {
      const secret = store.find(input.SecretId);
      const stage = input.VersionStage ?? 'AWSCURRENT';
      const versionId = input.VersionId ?? secret.labels.get(stage);
      const version = versionId === undefined ? undefined : secret.versions.get(versionId);
      if (version?.value === undefined) {
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
        SecretString: version.value,
      };
    },
  );

/** The operations that write and read values. */
export const valueOperations = (store: SecretStore, clock: Clock): Record<string, Operation> => ({
  CreateSecret: createSecret(store, clock),
  PutSecretValue: putSecretValue(store, clock),
  GetSecretValue: getSecretValue(store, clock),
});
