import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { notifyEnvironment } from '#shared/deployment/support-environments.ts';
import { aliasArn } from '#shared/permissions/permission.ts';
import { notifyPermissions } from '#shared/permissions/support-permissions.ts';
import { DurableFunction } from './durable-function.ts';
import type { FunctionProps } from './gateway-function.ts';
import { namedArns } from './statements.ts';

/** Tells webhooks of ends and follows each message until it is delivered: a durable function, invoked by its alias only. */
export class NotifyFunction extends DurableFunction {
  constructor(
    scope: Construct,
    id: string,
    { settings, jobs, webhooks, failures }: Pick<FunctionProps, 'settings' | 'jobs' | 'webhooks' | 'failures'>,
  ) {
    const { stackName } = Stack.of(scope);
    const { table } = webhooks;
    const named = namedArns(scope);
    super(scope, id, {
      name: 'notify',
      description: 'Tells webhooks when jobs and batches end',
      memoryMegabytes: 512,
      settings,
      failures,
      environment: notifyEnvironment.write({
        stackName,
        tableName: jobs.table.tableName,
        webhookTableName: table.tableName,
        notifyFunctionArn: aliasArn(named, 'notify'),
      }),
      permissions: notifyPermissions({
        jobTable: jobs.table.tableArn,
        webhookTable: table.tableArn,
        failures: failures.queueArn,
        ...named,
      }),
    });
  }
}
