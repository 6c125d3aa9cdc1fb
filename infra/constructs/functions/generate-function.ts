import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { generateEnvironment } from '#shared/deployment/job-environments.ts';
import { lambdaName } from '#shared/deployment/names.ts';
import { generatePermissions } from '#shared/permissions/job-permissions.ts';
import { DurableFunction } from './durable-function.ts';
import type { FunctionProps } from './gateway-function.ts';
import { acknowledgeWildcards, inputWildcards, namedArns } from './statements.ts';

/** Follows one turn of a job from its permit to its outputs: a durable function, invoked by its alias only. */
export class GenerateFunction extends DurableFunction {
  constructor(
    scope: Construct,
    id: string,
    { settings, jobs, outputs, secrets, events, failures, gatewayUrl }: FunctionProps,
  ) {
    const { stackName } = Stack.of(scope);
    const { table } = jobs;
    const { bucket } = outputs;
    super(scope, id, {
      name: 'generate',
      description: 'Submits a job to Adobe once, polls it and stores its outputs',
      // It mostly waits, and holds one part of an output or an input at a time: storing 200 MB takes 207 MB.
      memoryMegabytes: 512,
      settings,
      failures,
      invokesInCircles: true,
      environment: generateEnvironment.write({
        ...settings,
        stackName,
        tableName: table.tableName,
        bucketName: bucket.bucketName,
        eventBusName: events.bus.eventBusName,
        gatewayUrl,
        accessTokenSecretId: secrets.accessToken.secretArn,
        tokenRefreshFunctionName: lambdaName(stackName, 'token-refresh'),
        dispatchFunctionName: lambdaName(stackName, 'dispatch'),
      }),
      permissions: generatePermissions(
        {
          jobTable: table.tableArn,
          bucket: bucket.bucketArn,
          accessToken: secrets.accessToken.secretArn,
          eventBus: events.bus.eventBusArn,
          failures: failures.queueArn,
          ...namedArns(scope),
        },
        settings,
      ),
    });
    acknowledgeWildcards(this.role, {
      '<OutputsBucket.Arn>/outputs/*':
        'Stores the outputs of jobs, and reads them as inputs; their keys are made at run time.',
      '<OutputsBucket.Arn>/incoming/*': 'What services write to presigned URLs; the keys are made at run time.',
      ...inputWildcards(settings.inputBuckets),
    });
  }
}
