import { randomBytes } from 'node:crypto';
import { type FunctionName, functionNames } from '#shared/deployment/names.ts';
import type { TableDefinition } from '#shared/deployment/tables.ts';
import { type AccessKey, createAccessKey } from '#shared/loopback-guard.ts';
import { listCallerInvocations, listOperatorInvocations } from '#shared/permissions/api-routes.ts';
import {
  apiPermissions,
  dispatchPermissions,
  generatePermissions,
  inboxPermissions,
  thumbnailPermissions,
} from '#shared/permissions/job-permissions.ts';
import { allow, type Permission } from '#shared/permissions/permission.ts';
import { announcers, announcersOnly, refusedForAudit } from '#shared/permissions/resource-policies.ts';
import {
  invokeScheduled,
  type ScheduledFunctionName,
  scheduledFunctionNames,
} from '#shared/permissions/service-permissions.ts';
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
import { toStatement } from './iam/statements.ts';
import { roleArn, scheduleRoleArn, sourceArns, stackArns } from './stack-arns.ts';
import { listServicePolicies } from './stack-service-policies.ts';
import type { StackSettings } from './stack-settings.ts';
import { stackTables } from './stack-tables.ts';

/** Who may sign requests to the servers of an embedded stack. */
export interface StackIdentities {
  /** For operators' commands and tests: its policy allows everything. */
  admin: Identity;
  functions: Readonly<Record<FunctionName, Identity>>;
  /** By what they start. */
  schedules: Readonly<Record<ScheduledFunctionName, Identity>>;
  /** In mode `iam`: a role with the policy for callers, and one with that for operators too. */
  signers: Readonly<Record<'caller' | 'operator', Identity>> | undefined;
  directory: IamDirectory;
  /** Every access key by its id. */
  keys: Readonly<Record<string, string>>;
}

const permissions: Record<FunctionName, (settings: StackSettings) => Permission[]> = {
  api: (settings) => apiPermissions(stackArns, settings),
  dispatch: () => dispatchPermissions(stackArns),
  generate: (settings) => generatePermissions(stackArns, settings),
  inbox: (settings) => inboxPermissions(stackArns, settings),
  notify: () => notifyPermissions(stackArns),
  passthrough: () => passthroughPermissions(stackArns),
  thumbnail: () => thumbnailPermissions(stackArns),
  'token-refresh': () => tokenRefreshPermissions(stackArns),
  'secret-rotation': () => secretRotationPermissions(stackArns),
  'caller-token': () => callerTokenPermissions(stackArns),
  authorize: () => authorizePermissions(stackArns),
  'signing-key': () => signingKeyPermissions(stackArns),
};

const resourcePolicies = (): IamDirectory['resourcePolicies'] => {
  const { actions, conditions } = announcersOnly(announcers.map(roleArn));
  return {
    [stackArns.auditTable]: [{ Effect: 'Deny', Principal: '*', Action: refusedForAudit, Resource: '*' }],
    [stackArns.eventBus]: [
      { Effect: 'Deny', Principal: '*', Action: actions, Resource: stackArns.eventBus, Condition: conditions },
    ],
  };
};

/** The roles of the schedules; nobody signs with their keys. */
const createScheduleRoles = (): StackIdentities['schedules'] => {
  const roles = scheduledFunctionNames.map((name): [ScheduledFunctionName, Identity] => [
    name,
    {
      ...createCredentials(),
      name: `schedule of ${name}`,
      arn: scheduleRoleArn(name),
      statements: [toStatement(invokeScheduled(stackArns.functions[name]))],
    },
  ]);
  return Object.fromEntries(roles) as Record<ScheduledFunctionName, Identity>;
};

const createSigners = (settings: StackSettings) => {
  const create = (name: string, routes: readonly string[]): Identity => {
    const resources = routes.map((route) => `${sourceArns.httpApi}/$default/${route}`);
    const statements = [toStatement(allow(['execute-api:Invoke'], resources))];
    return { ...createCredentials(), name, arn: roleArn(name), statements };
  };
  const routes = listCallerInvocations(settings);
  return { caller: create('caller', routes), operator: create('operator', [...routes, ...listOperatorInvocations()]) };
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
  const schedules = createScheduleRoles();
  const signers = settings.auth.mode === 'iam' ? createSigners(settings) : undefined;
  return {
    signers,
    admin,
    functions,
    schedules,
    directory: {
      identities: [...identities, ...Object.values(schedules), ...Object.values(signers ?? {})],
      resourcePolicies: { ...resourcePolicies(), ...listServicePolicies(settings) },
      isRecorded,
    },
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
export const partitionKeys: PartitionKeys = Object.fromEntries(
  Object.entries(stackTables).flatMap(([name, definition]) => listPartitionKeys(name, definition)),
);
