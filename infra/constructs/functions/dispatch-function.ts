import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { dispatchEnvironment } from '#shared/deployment/job-environments.ts';
import { jobPartitions } from '#shared/deployment/tables.ts';
import type { FunctionProps } from './gateway-function.ts';
import { GatewayFunction } from './gateway-function.ts';
import { aliasArn, allow } from './statements.ts';

/** Gives free permits to the heads of the queue, follows batches and announces what a crash left unpublished. */
export class DispatchFunction extends GatewayFunction {
  constructor(scope: Construct, id: string, { settings, jobs, events, gatewayUrl }: FunctionProps) {
    const { stackName } = Stack.of(scope);
    const { table } = jobs;
    super(scope, id, {
      name: 'dispatch',
      description: 'Gives free permits to the heads of the queue',
      memoryMegabytes: 512,
      settings,
      invokesInCircles: true,
      // The next minute's run does all that a retry would.
      asyncRetries: 0,
      environment: dispatchEnvironment.write({
        ...settings,
        stackName,
        tableName: table.tableName,
        eventBusName: events.bus.eventBusName,
        gatewayUrl,
        generateFunctionArn: aliasArn(scope, 'generate'),
        inboxFunctionArn: aliasArn(scope, 'inbox'),
      }),
      permissions: [
        // Reads a job again by its key when the answer to a write was lost.
        allow(['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:UpdateItem'], [table.tableArn]),
        // The pause of a caller, once all of its jobs are back in their queues.
        allow(['dynamodb:DeleteItem'], [table.tableArn], {
          'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [jobPartitions.callerPauses] },
        }),
        allow(['dynamodb:Query'], [jobs.indexArn('queue'), jobs.indexArn('unpublished')]),
        allow(['lambda:InvokeFunction'], [aliasArn(scope, 'generate'), aliasArn(scope, 'inbox')]),
        events.allowAnnouncing,
      ],
    });
  }
}
