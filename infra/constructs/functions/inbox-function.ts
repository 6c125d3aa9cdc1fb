import { Aws, Duration, Stack } from 'aws-cdk-lib';
import type { Alias } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { batchesPrefix } from '#shared/batches/batch-files.ts';
import { durableAlias, eventBusName, lambdaName } from '#shared/deployment/names.ts';
import { acknowledgeWildcards } from '../acknowledge-wildcards.ts';
import { inboxPrefix, uploadsPrefix } from '../outputs-bucket.ts';
import type { FunctionParts } from './function-parts.ts';
import { GatewayFunction } from './gateway-function.ts';
import { allow, allowDurableState, allowPutEvents, functionArn, inputWildcards } from './statements.ts';

/** Makes jobs of files with requests and reports on them: a durable function, invoked by its alias only. */
export class InboxFunction extends GatewayFunction {
  /** Points to the newest version; EventBridge and dispatch invoke it. */
  readonly alias: Alias;

  constructor(scope: Construct, id: string, { settings, jobs, outputs, gatewayUrl }: FunctionParts) {
    const { stackName } = Stack.of(scope);
    const { table } = jobs;
    const { bucketArn, bucketName } = outputs.bucket;
    const objects = (prefix: string): string => `${bucketArn}/${prefix}*`;
    super(scope, id, {
      name: 'inbox',
      description: 'Makes jobs of files with requests and reports on them',
      memoryMegabytes: 1024,
      // One step reads a file whole to count its lines.
      timeoutSeconds: 900,
      logRetentionDays: settings.logRetentionDays,
      logLevel: settings.logLevel,
      durable: { executionTimeout: Duration.hours(24), retentionPeriod: Duration.days(7) },
      invokesInCircles: true,
      environment: {
        TABLE_NAME: table.tableName,
        BUCKET_NAME: bucketName,
        EVENT_BUS_NAME: eventBusName,
        GATEWAY_URL: gatewayUrl,
        DISPATCH_FUNCTION_NAME: lambdaName(stackName, 'dispatch'),
        REQUESTS_PER_MINUTE: String(settings.requestsPerMinute),
        REQUESTS_PER_DAY: String(settings.requestsPerDay),
        SUBMIT_GRACE_SECONDS: String(settings.submitGraceSeconds),
        OPERATIONS: JSON.stringify(settings.operations),
        BATCH_MAX_BYTES: String(settings.batchMaxBytes),
        BATCH_MAX_LINES: String(settings.batchMaxLines),
        JOB_RETENTION_DAYS: String(settings.jobRetentionDays),
      },
      permissions: [
        allow(
          [
            'dynamodb:BatchGetItem',
            'dynamodb:BatchWriteItem',
            'dynamodb:GetItem',
            'dynamodb:PutItem',
            'dynamodb:Query',
            'dynamodb:UpdateItem',
          ],
          [table.tableArn],
        ),
        // An event names the version of its object.
        allow(
          ['s3:GetObject', 's3:GetObjectVersion'],
          [
            objects(inboxPrefix),
            objects(batchesPrefix),
            objects(uploadsPrefix),
            ...settings.inputBuckets.map((name) => `arn:${Aws.PARTITION}:s3:::${name}/*`),
          ],
        ),
        allow(['s3:PutObject', 's3:AbortMultipartUpload'], [objects(batchesPrefix)]),
        allow(['lambda:InvokeFunction'], [functionArn(scope, 'dispatch')]),
        allowDurableState(scope, 'inbox'),
        allowPutEvents(scope),
      ],
    });
    acknowledgeWildcards(this.role, {
      ...inputWildcards(settings.inputBuckets),
      '<OutputsBucket.Arn>/batches/*': 'Keeps requests and reports of batches; their keys are made at run time.',
      [`arn:<AWS::Partition>:lambda:<AWS::Region>:<AWS::AccountId>:function:${lambdaName(stackName, 'inbox')}:*`]:
        'The executions of its own versions, whose numbers rise with each deployment.',
    });
    this.alias = this.lambda.addAlias(durableAlias);
  }
}
