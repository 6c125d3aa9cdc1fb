import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { manifestName } from '#shared/deployment/bucket.ts';
import { inboxEnvironment } from '#shared/deployment/job-environments.ts';
import { lambdaName } from '#shared/deployment/names.ts';
import { inboxPermissions } from '#shared/permissions/job-permissions.ts';
import { DurableFunction } from './durable-function.ts';
import type { FunctionProps } from './gateway-function.ts';
import { acknowledgeWildcards, inputWildcards, namedArns, policyWildcards } from './statements.ts';

/** Makes jobs of files with requests and reports on them: a durable function, invoked by its alias only. */
export class InboxFunction extends DurableFunction {
  constructor(
    scope: Construct,
    id: string,
    { settings, jobs, outputs, webhooks, callers, events, failures, gatewayUrl }: FunctionProps,
  ) {
    const { stackName } = Stack.of(scope);
    const { table } = jobs;
    const { bucketArn, bucketName } = outputs.bucket;
    super(scope, id, {
      name: 'inbox',
      description: 'Makes jobs of files with requests and reports on them',
      memoryMegabytes: 1024,
      settings,
      failures,
      invokesInCircles: true,
      environment: inboxEnvironment.write({
        ...settings,
        stackName,
        tableName: table.tableName,
        bucketName,
        webhookTableName: webhooks.table.tableName,
        callerTableName: callers.table.tableName,
        eventBusName: events.bus.eventBusName,
        gatewayUrl,
        dispatchFunctionName: lambdaName(stackName, 'dispatch'),
      }),
      permissions: inboxPermissions(
        {
          jobTable: table.tableArn,
          webhookTable: webhooks.table.tableArn,
          callerTable: callers.table.tableArn,
          bucket: bucketArn,
          eventBus: events.bus.eventBusArn,
          failures: failures.queueArn,
          ...namedArns(scope),
        },
        settings,
      ),
    });
    acknowledgeWildcards(this.role, {
      ...inputWildcards(settings.inputBuckets),
      ...policyWildcards,
      '<OutputsBucket.Arn>/outputs/*': 'Erases the outputs of jobs; their keys are made at run time.',
      [`<OutputsBucket.Arn>/outputs/*/${manifestName}`]: 'Tells whose outputs are; their keys are made at run time.',
      '<OutputsBucket.Arn>/thumbnails/*': 'Erases thumbnails; their keys are made at run time.',
      '<OutputsBucket.Arn>/incoming/*': 'Erases what Adobe wrote for jobs; the keys are made at run time.',
      '<OutputsBucket.Arn>/batches/*': 'Keeps requests and reports of batches; their keys are made at run time.',
    });
  }
}
