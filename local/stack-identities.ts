import { randomBytes } from 'node:crypto';
import { type FunctionName, functionNames, lambdaName } from '#shared/deployment/names.ts';
import {
  auditTable,
  callerTable,
  jobTable,
  rotationTable,
  type TableDefinition,
  webhookTable,
} from '#shared/deployment/tables.ts';
import { type AccessKey, createAccessKey } from '#shared/loopback-guard.ts';
import {
  apiPermissions,
  dispatchPermissions,
  generatePermissions,
  inboxPermissions,
  thumbnailPermissions,
} from '#shared/permissions/job-permissions.ts';
import type { Permission, StackArns } from '#shared/permissions/permission.ts';
import { announcers, announcersOnly, refusedForAudit } from '#shared/permissions/resource-policies.ts';
import {
  authorizePermissions,
  callerTokenPermissions,
  notifyPermissions,
  passthroughPermissions,
  secretRotationPermissions,
  signingKeyPermissions,
  tokenRefreshPermissions,
} from '#shared/permissions/support-permissions.ts';
import type { IamDirectory, Identity } from './iam/authorizer.ts';
import { type PartitionKeys, tableArn } from './iam/dynamodb-accesses.ts';
import { s3Arn } from './iam/s3-accesses.ts';
import type { Statement } from './iam/statements.ts';
import { functionArn } from './lambda/function-definition.ts';
import { type StackSettings, stackNames } from './stack-settings.ts';

/** Who may sign requests to the servers of an embedded stack. */
export interface StackIdentities {
  /** For operators' commands and tests: its policy allows everything. */
  admin: Identity;
  functions: Readonly<Record<FunctionName, Identity>>;
  directory: IamDirectory;
  /** Every access key by its id. */
  keys: Readonly<Record<string, string>>;
}

// Secrets Manager ends each ARN with six characters of its own.
const secretArn = (name: string): string => `arn:aws:secretsmanager:us-east-1:000000000000:secret:${name}-??????`;

const arns: StackArns = {
  jobTable: tableArn(stackNames.table),
  webhookTable: tableArn(stackNames.webhookTable),
  callerTable: tableArn(stackNames.callerTable),
  auditTable: tableArn(stackNames.auditTable),
  rotationTable: tableArn(stackNames.rotationTable),
  bucket: s3Arn(stackNames.bucket),
  clientCredentials: secretArn(stackNames.clientCredentialsSecret),
  accessToken: secretArn(stackNames.accessTokenSecret),
  signingKey: secretArn(stackNames.signingKeySecret),
  eventBus: `arn:aws:events:us-east-1:000000000000:event-bus/${stackNames.eventBus}`,
  failures: `arn:aws:sqs:us-east-1:000000000000:${stackNames.stack}-failures`,
  functions: Object.fromEntries(
    functionNames.map((name) => [name, functionArn(stackNames.functions[name])]),
  ) as StackArns['functions'],
  partition: 'aws',
};

const permissions: Record<FunctionName, (settings: StackSettings) => Permission[]> = {
  api: (settings) => apiPermissions(arns, settings),
  dispatch: () => dispatchPermissions(arns),
  generate: (settings) => generatePermissions(arns, settings),
  inbox: (settings) => inboxPermissions(arns, settings),
  notify: () => notifyPermissions(arns),
  passthrough: () => passthroughPermissions(arns),
  thumbnail: () => thumbnailPermissions(arns),
  'token-refresh': () => tokenRefreshPermissions(arns),
  'secret-rotation': () => secretRotationPermissions(arns),
  'caller-token': () => callerTokenPermissions(arns),
  authorize: () => authorizePermissions(arns),
  'signing-key': () => signingKeyPermissions(arns),
};

const toStatement = ({ actions, resources, conditions }: Permission): Statement => ({
  Effect: 'Allow',
  Action: actions,
  Resource: resources,
  Condition: conditions,
});

const roleArn = (name: FunctionName): string => `arn:aws:iam::000000000000:role/${lambdaName(stackNames.stack, name)}`;

const resourcePolicies = (): IamDirectory['resourcePolicies'] => {
  const { actions, conditions } = announcersOnly(announcers.map(roleArn));
  return {
    [arns.auditTable]: [{ Effect: 'Deny', Principal: '*', Action: refusedForAudit, Resource: '*' }],
    [arns.eventBus]: [
      { Effect: 'Deny', Principal: '*', Action: actions, Resource: arns.eventBus, Condition: conditions },
    ],
  };
};

/** What an identity signs with. */
export interface Credentials extends AccessKey {
  sessionToken: string;
}

/** Credentials that nobody can know who was not told. */
export const createCredentials = (): Credentials => ({
  ...createAccessKey(),
  sessionToken: randomBytes(48).toString('base64url'),
});

/**
 * Makes the identities of a stack: a key of its own for each function, with what its role may do under these settings.
 *
 * @param getCredentials of the identity of a name; by default new ones
 */
export const createIdentities = (
  settings: StackSettings,
  isRecorded: boolean,
  getCredentials: (name: string) => Credentials = createCredentials,
): StackIdentities => {
  const { accessKeyId, secretAccessKey } = getCredentials('operator');
  const admin: Identity = {
    accessKeyId,
    secretAccessKey,
    name: 'operator',
    arn: 'arn:aws:iam::000000000000:role/operator',
    statements: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
  };
  const functions = Object.fromEntries(
    functionNames.map((name): [FunctionName, Identity] => [
      name,
      {
        ...getCredentials(name),
        name,
        arn: roleArn(name),
        statements: permissions[name](settings).map(toStatement),
      },
    ]),
  ) as Record<FunctionName, Identity>;
  const identities = [admin, ...Object.values(functions)];
  return {
    admin,
    functions,
    directory: { identities, resourcePolicies: resourcePolicies(), isRecorded },
    keys: Object.fromEntries(identities.map(({ accessKeyId, secretAccessKey }) => [accessKeyId, secretAccessKey])),
  };
};

const listPartitionKeys = (name: string, { partitionKey, indexes = {} }: TableDefinition): [string, string][] => [
  [tableArn(name), partitionKey],
  ...Object.entries(indexes).map(([index, keys]): [string, string] => [
    `${tableArn(name)}/index/${index}`,
    keys.partitionKey,
  ]),
];

/** The partition keys of all tables of a stack. */
export const partitionKeys: PartitionKeys = Object.fromEntries([
  ...listPartitionKeys(stackNames.table, jobTable),
  ...listPartitionKeys(stackNames.rotationTable, rotationTable),
  ...listPartitionKeys(stackNames.webhookTable, webhookTable),
  ...listPartitionKeys(stackNames.callerTable, callerTable),
  ...listPartitionKeys(stackNames.auditTable, auditTable),
]);
