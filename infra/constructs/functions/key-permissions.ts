import { Stack } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Permission } from '#shared/permissions/permission.ts';
import { allow } from './statements.ts';

const decrypt = ['kms:Decrypt'];
const encrypt = ['kms:GenerateDataKey'];
const both = [...decrypt, ...encrypt];

/**
 * What a service asks KMS for in the name of the role that sends it a request. Functions read their variables by a grant that
 * Lambda makes, and CloudWatch Logs and EventBridge use the key in their own names: the policy of the key allows those.
 */
const keyActions: Readonly<Record<string, readonly string[]>> = {
  's3:GetObject': decrypt,
  's3:GetObjectVersion': decrypt,
  's3:PutObject': encrypt,
  // Roles that may abort uploads in parts make them, for which S3 reads the key of the first part.
  's3:AbortMultipartUpload': decrypt,
  // DynamoDB decrypts the key of the table, for reads and writes alike.
  'dynamodb:BatchGetItem': decrypt,
  'dynamodb:BatchWriteItem': decrypt,
  'dynamodb:DeleteItem': decrypt,
  'dynamodb:GetItem': decrypt,
  'dynamodb:PutItem': decrypt,
  'dynamodb:Query': decrypt,
  'dynamodb:UpdateItem': decrypt,
  'secretsmanager:GetSecretValue': decrypt,
  'secretsmanager:PutSecretValue': both,
  'sqs:SendMessage': both,
  'lambda:CheckpointDurableExecution': encrypt,
  'lambda:GetDurableExecutionState': decrypt,
};

/** What a role that has some permissions may do with the key of its stack: as much as they need, through their services only. */
export const allowKey = (scope: Construct, keyArn: string, permissions: readonly Permission[]): PolicyStatement[] => {
  const byService = new Map<string, Set<string>>();
  for (const action of permissions.flatMap(({ actions }) => actions)) {
    const needed = keyActions[action];
    if (needed === undefined) continue;
    const [service = ''] = action.split(':');
    byService.set(service, new Set([...(byService.get(service) ?? []), ...needed]));
  }
  return [...byService].map(([service, actions]) => allowKeyThrough(scope, keyArn, service, [...actions].sort()));
};

/** Lets a role use a key through one service only. */
export const allowKeyThrough = (
  scope: Construct,
  keyArn: string,
  service: string,
  actions: string[],
): PolicyStatement =>
  allow(actions, [keyArn], {
    StringEquals: { 'kms:ViaService': `${service}.${Stack.of(scope).region}.amazonaws.com` },
  });
