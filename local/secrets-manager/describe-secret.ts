import * as z from 'zod';
import { type Operation, operation } from '../aws-json-server.ts';
import { labelsOf, type Secret, type SecretStore } from './secrets.ts';
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

/** DescribeSecret: everything about a secret but its values. */
export const describeSecret = (store: SecretStore): Operation =>
  operation(z.strictObject({ SecretId: secretId }), invalidParameter, (input) => {
    const secret = store.find(input.SecretId);
    const { rotation } = secret;
    return {
      ARN: secret.arn,
      Name: secret.name,
      CreatedDate: seconds(secret.createdAt),
      LastChangedDate: seconds(secret.changedAt),
      LastAccessedDate: daySeconds(lastAccess(secret)),
      VersionIdsToStages: labelledVersions(secret),
      RotationEnabled: rotation && true,
      RotationLambdaARN: rotation?.lambdaArn,
      RotationRules: rotation?.rules,
      LastRotatedDate: seconds(rotation?.lastRotatedAt),
      NextRotationDate: seconds(rotation?.nextRotationAt),
    };
  });
