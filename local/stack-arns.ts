import { functionNames } from '#shared/deployment/names.ts';
import type { StackArns } from '#shared/permissions/permission.ts';
import type { RuleName, ScheduledFunctionName, SourceArns } from '#shared/permissions/service-permissions.ts';
import { tableArn } from './iam/dynamodb-accesses.ts';
import { s3Arn } from './iam/s3-accesses.ts';
import { accountId, functionArn, region } from './lambda/function-definition.ts';
import { stackNames } from './stack-settings.ts';

const arn = (service: string, resource: string): string => `arn:aws:${service}:${region}:${accountId}:${resource}`;

// Secrets Manager ends each ARN with six characters of its own.
const secretArn = (name: string): string => arn('secretsmanager', `secret:${name}-??????`);

/** The ARNs of what the stack has. */
export const stackArns: StackArns = {
  jobTable: tableArn(stackNames.table),
  webhookTable: tableArn(stackNames.webhookTable),
  callerTable: tableArn(stackNames.callerTable),
  auditTable: tableArn(stackNames.auditTable),
  rotationTable: tableArn(stackNames.rotationTable),
  bucket: s3Arn(stackNames.bucket),
  clientCredentials: secretArn(stackNames.clientCredentialsSecret),
  accessToken: secretArn(stackNames.accessTokenSecret),
  signingKey: secretArn(stackNames.signingKeySecret),
  eventBus: arn('events', `event-bus/${stackNames.eventBus}`),
  failures: arn('sqs', `${stackNames.stack}-failures`),
  functions: Object.fromEntries(
    functionNames.map((name) => [name, functionArn(stackNames.functions[name])]),
  ) as StackArns['functions'],
  partition: 'aws',
};

/** Of the role of a function. */
export const roleArn = (name: string): string => `arn:aws:iam::${accountId}:role/${stackNames.stack}-${name}`;

/** Of the role of a schedule. */
export const scheduleRoleArn = (name: ScheduledFunctionName): string => roleArn(`${name}-schedule`);

/** The group of the schedules, for which the scheduler takes on their roles. */
export const scheduleGroupArn = arn('scheduler', `schedule-group/${stackNames.stack}`);

/** The HTTP API, without a stage. */
const httpApi = arn('execute-api', 'local');

/** The queue that keeps what a rule could not deliver. */
export const undeliveredArn = (rule: RuleName): string => arn('sqs', `${stackNames.stack}-undelivered-${rule}`);

/** What the services of AWS act for. */
export const sourceArns = {
  account: accountId,
  httpApi,
  callers: { authorizer: `${httpApi}/authorizers/callers`, signingKey: stackArns.signingKey },
  clientCredentials: stackArns.clientCredentials,
  rules: {
    inbox: arn('events', `rule/${stackNames.stack}-inbox`),
    notify: arn('events', `rule/${stackNames.eventBus}/${stackNames.stack}-notify`),
    thumbnail: arn('events', `rule/${stackNames.stack}-thumbnail`),
  },
} as const satisfies SourceArns;
