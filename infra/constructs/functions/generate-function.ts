import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { prefixes } from '#shared/deployment/bucket.ts';
import { generateEnvironment } from '#shared/deployment/job-environments.ts';
import { lambdaName } from '#shared/deployment/names.ts';
import { DurableFunction } from './durable-function.ts';
import type { FunctionProps } from './gateway-function.ts';

import { acknowledgeWildcards, allow, allowReadInputs, functionArn, inputWildcards } from './statements.ts';

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
      memoryMegabytes: 1024,
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
      permissions: [
        // Looks for a free slot of a short window.
        allow(['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:UpdateItem'], [table.tableArn]),
        // The labels of a job are tags of its outputs.
        allow(
          ['s3:PutObject', 's3:PutObjectTagging', 's3:AbortMultipartUpload'],
          [`${bucket.bucketArn}/${prefixes.outputs}*`],
        ),
        // What a service writes to a presigned URL is signed, read and removed by this role.
        allow(['s3:PutObject', 's3:GetObject', 's3:DeleteObject'], [`${bucket.bucketArn}/${prefixes.incoming}*`]),
        allowReadInputs(bucket, settings.inputBuckets),
        allow(['secretsmanager:GetSecretValue'], [secrets.accessToken.secretArn]),
        allow(['lambda:InvokeFunction'], [functionArn(scope, 'token-refresh'), functionArn(scope, 'dispatch')]),
        events.allowAnnouncing,
      ],
    });
    acknowledgeWildcards(this.role, {
      '<OutputsBucket.Arn>/outputs/*':
        'Stores the outputs of jobs, and reads them as inputs; their keys are made at run time.',
      '<OutputsBucket.Arn>/incoming/*': 'What services write to presigned URLs; the keys are made at run time.',
      ...inputWildcards(settings.inputBuckets),
    });
  }
}
