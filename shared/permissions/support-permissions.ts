import { callerPartitions, jobPartitions } from '../deployment/tables.ts';
import {
  aliasArn,
  allow,
  inPartitions,
  keepExecutions,
  keepStatusItem,
  type Permission,
  type StackArns,
} from './permission.ts';

const { callers, failedAttempts, secretUse, verificationKeys } = callerPartitions;

/** What notify may do. */
export const notifyPermissions = (
  arns: Pick<StackArns, 'jobTable' | 'webhookTable' | 'functions' | 'failures'>,
): Permission[] => [
  allow(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'], [arns.webhookTable]),
  // Notes which callers have no webhooks.
  allow(['dynamodb:PutItem'], [arns.jobTable], inPartitions(jobPartitions.webhookCallers)),
  // An event starts one execution for each webhook.
  allow(['lambda:InvokeFunction'], [aliasArn(arns, 'notify')]),
  ...keepExecutions(arns, 'notify'),
];

/** What passthrough may do. */
export const passthroughPermissions = ({ accessToken }: Pick<StackArns, 'accessToken'>): Permission[] => [
  allow(['secretsmanager:GetSecretValue'], [accessToken]),
];

/** What token-refresh may do. */
export const tokenRefreshPermissions = ({
  jobTable,
  clientCredentials,
  accessToken,
}: Pick<StackArns, 'jobTable' | 'clientCredentials' | 'accessToken'>): Permission[] => [
  allow(['secretsmanager:GetSecretValue'], [clientCredentials]),
  allow(['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'], [accessToken]),
  keepStatusItem(jobTable, 'token-refresh'),
];

/** What secret-rotation may do. */
export const secretRotationPermissions = ({
  jobTable,
  rotationTable,
  auditTable,
  clientCredentials,
  functions,
}: Pick<StackArns, 'jobTable' | 'rotationTable' | 'auditTable' | 'clientCredentials' | 'functions'>): Permission[] => [
  allow(
    [
      'secretsmanager:DescribeSecret',
      'secretsmanager:GetSecretValue',
      'secretsmanager:PutSecretValue',
      'secretsmanager:UpdateSecretVersionStage',
      'secretsmanager:RotateSecret',
    ],
    [clientCredentials],
  ),
  allow(['dynamodb:GetItem', 'dynamodb:UpdateItem'], [rotationTable]),
  allow(['dynamodb:PutItem'], [auditTable]),
  keepStatusItem(jobTable, 'secret-rotation'),
  // A role that calls RotateSecret must be allowed to invoke the rotation function, which here is the caller itself.
  allow(['lambda:InvokeFunction'], [functions['token-refresh'], functions['secret-rotation']]),
];

/** What caller-token may do: everybody can call it, so that it can read callers and change none. */
export const callerTokenPermissions = ({
  callerTable,
  auditTable,
  signingKey,
}: Pick<StackArns, 'callerTable' | 'auditTable' | 'signingKey'>): Permission[] => [
  allow(['dynamodb:GetItem'], [callerTable], inPartitions(callers, failedAttempts)),
  allow(['dynamodb:Query'], [callerTable], inPartitions(verificationKeys)),
  allow(['dynamodb:UpdateItem', 'dynamodb:DeleteItem'], [callerTable], inPartitions(failedAttempts, secretUse)),
  allow(['dynamodb:PutItem'], [auditTable]),
  allow(['secretsmanager:GetSecretValue'], [signingKey]),
];

/** What authorize may do. */
export const authorizePermissions = ({ callerTable }: Pick<StackArns, 'callerTable'>): Permission[] => [
  allow(['dynamodb:GetItem'], [callerTable], inPartitions(callers)),
  allow(['dynamodb:Query'], [callerTable], inPartitions(verificationKeys)),
];

/** What signing-key may do; no other function writes the key. */
export const signingKeyPermissions = ({
  callerTable,
  signingKey,
}: Pick<StackArns, 'callerTable' | 'signingKey'>): Permission[] => [
  allow(['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:Query'], [callerTable], inPartitions(verificationKeys)),
  allow(
    [
      'secretsmanager:DescribeSecret',
      'secretsmanager:GetSecretValue',
      'secretsmanager:PutSecretValue',
      'secretsmanager:UpdateSecretVersionStage',
    ],
    [signingKey],
  ),
];
