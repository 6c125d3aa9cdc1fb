import { Aws, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { prefixes } from '#shared/deployment/bucket.ts';
import { inboxEnvironment } from '#shared/deployment/job-environments.ts';
import { lambdaName } from '#shared/deployment/names.ts';
import { DurableFunction } from './durable-function.ts';
import type { FunctionProps } from './gateway-function.ts';

import {
  acknowledgeWildcards,
  allow,
  allowReadPolicies,
  functionArn,
  inputWildcards,
  policyWildcards,
} from './statements.ts';

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
    const inputs = settings.inputBuckets.map((name) => `arn:${Aws.PARTITION}:s3:::${name}/*`);
    const erasable = [prefixes.outputs, prefixes.thumbnails, prefixes.uploads, prefixes.inbox, prefixes.batches];
    const objects = (prefix: string): string => `${bucketArn}/${prefix}*`;
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
      permissions: [
        allow(
          [
            'dynamodb:BatchGetItem',
            'dynamodb:BatchWriteItem',
            'dynamodb:DeleteItem',
            'dynamodb:GetItem',
            'dynamodb:PutItem',
            'dynamodb:Query',
            'dynamodb:UpdateItem',
          ],
          [table.tableArn],
        ),
        allow(['dynamodb:Query'], [jobs.indexArn('queue'), jobs.indexArn('caller')]),
        // Erases webhooks and their messages, by keys: it reads neither a secret nor a body.
        allow(['dynamodb:Query', 'dynamodb:BatchWriteItem'], [webhooks.table.tableArn], {
          'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['pk', 'sk', 'webhookId'] },
          StringEqualsIfExists: { 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES' },
        }),
        allow(['s3:GetObject'], [prefixes.inbox, prefixes.batches, prefixes.uploads].map(objects)),
        ...allowReadPolicies(callers.table.tableArn, outputs.bucket),
        // An event names the version of its object.
        ...(inputs.length === 0 ? [] : [allow(['s3:GetObject', 's3:GetObjectVersion'], inputs)]),
        allow(['s3:PutObject', 's3:AbortMultipartUpload'], [objects(prefixes.batches)]),
        // What is erased; descriptions of outputs tell whose they are. A deletion names the version, always: without, S3 would only put a marker over the bytes.
        allow(['s3:DeleteObjectVersion', 's3:GetObjectVersion'], erasable.map(objects)),
        allow(['s3:ListBucketVersions'], [bucketArn], {
          StringLike: { 's3:prefix': erasable.map((prefix) => `${prefix}*`) },
        }),
        allow(['lambda:InvokeFunction'], [functionArn(scope, 'dispatch')]),
        events.allowAnnouncing,
      ],
    });
    acknowledgeWildcards(this.role, {
      ...inputWildcards(settings.inputBuckets),
      ...policyWildcards,
      '<OutputsBucket.Arn>/outputs/*': 'Erases the outputs of jobs; their keys are made at run time.',
      '<OutputsBucket.Arn>/thumbnails/*': 'Erases thumbnails; their keys are made at run time.',
      '<OutputsBucket.Arn>/batches/*': 'Keeps requests and reports of batches; their keys are made at run time.',
    });
  }
}
