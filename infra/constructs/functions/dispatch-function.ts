import { Duration, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { dispatchEnvironment } from '#shared/deployment/job-environments.ts';
import { dispatchPermissions } from '#shared/permissions/job-permissions.ts';
import { aliasArn } from '#shared/permissions/permission.ts';
import type { FunctionProps } from './gateway-function.ts';
import { GatewayFunction } from './gateway-function.ts';
import { namedArns } from './statements.ts';

/** Gives free permits to the heads of the queue, follows batches and announces what a crash left unpublished. */
export class DispatchFunction extends GatewayFunction {
  constructor(scope: Construct, id: string, { settings, jobs, events, gatewayUrl }: FunctionProps) {
    const { stackName } = Stack.of(scope);
    const { table } = jobs;
    const named = namedArns(scope);
    super(scope, id, {
      name: 'dispatch',
      description: 'Gives free permits to the heads of the queue',
      memoryMegabytes: 512,
      settings,
      invokesInCircles: true,
      // The next minute's run does all that a retry would, or a run that waits because the account has no concurrency left: they
      // would begin all at once when it has.
      asyncRetries: 0,
      asyncMaxAge: Duration.minutes(1),
      environment: dispatchEnvironment.write({
        ...settings,
        stackName,
        tableName: table.tableName,
        eventBusName: events.bus.eventBusName,
        gatewayUrl,
        generateFunctionArn: aliasArn(named, 'generate'),
        inboxFunctionArn: aliasArn(named, 'inbox'),
      }),
      permissions: dispatchPermissions({ jobTable: table.tableArn, eventBus: events.bus.eventBusArn, ...named }),
    });
  }
}
