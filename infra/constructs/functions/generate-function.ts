import { Duration, Stack } from 'aws-cdk-lib';
import type { Alias } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { pollingPolicyFor } from '#shared/adobe/services/operation-settings.ts';
import { operations } from '#shared/adobe/services/registry.ts';
import { durableAlias, eventBusName, lambdaName } from '#shared/deployment/names.ts';
import { downloadHosts, statusHosts } from '#shared/deployment/urls.ts';
import { acknowledgeWildcards } from '../acknowledge-wildcards.ts';
import { outputsPrefix } from '../outputs-bucket.ts';
import type { FunctionParts } from './function-parts.ts';
import { GatewayFunction } from './gateway-function.ts';
import {
  allow,
  allowDurableState,
  allowPutEvents,
  allowReadInputs,
  functionArn,
  inputWildcards,
} from './statements.ts';

/** Follows one turn of a job from its permit to its outputs: a durable function, invoked by its alias only. */
export class GenerateFunction extends GatewayFunction {
  /** Points to the newest version; dispatch invokes it. */
  readonly alias: Alias;

  constructor(scope: Construct, id: string, { settings, jobs, outputs, secrets, gatewayUrl }: FunctionParts) {
    const { stackName } = Stack.of(scope);
    const { table } = jobs;
    const { bucket } = outputs;
    super(scope, id, {
      name: 'generate',
      description: 'Submits a job to Adobe once, polls it and stores its outputs',
      memoryMegabytes: 1024,
      // One invocation may have to stream a large output whole.
      timeoutSeconds: 900,
      logRetentionDays: settings.logRetentionDays,
      logLevel: settings.logLevel,
      durable: { executionTimeout: executionTimeout(settings.operations), retentionPeriod: Duration.days(7) },
      invokesInCircles: true,
      environment: {
        TABLE_NAME: table.tableName,
        BUCKET_NAME: bucket.bucketName,
        EVENT_BUS_NAME: eventBusName,
        GATEWAY_URL: gatewayUrl,
        ACCESS_TOKEN_SECRET_ID: secrets.accessToken.secretArn,
        TOKEN_REFRESH_FUNCTION_NAME: lambdaName(stackName, 'token-refresh'),
        DISPATCH_FUNCTION_NAME: lambdaName(stackName, 'dispatch'),
        FIREFLY_API_URL: settings.fireflyApiUrl,
        STATUS_HOSTS: statusHosts(settings).join(','),
        DOWNLOAD_HOSTS: downloadHosts(settings).join(','),
        REQUESTS_PER_MINUTE: String(settings.requestsPerMinute),
        REQUESTS_PER_DAY: String(settings.requestsPerDay),
        SUBMIT_GRACE_SECONDS: String(settings.submitGraceSeconds),
        OUTPUT_MAX_BYTES: String(settings.outputMaxBytes),
        INPUT_BUCKETS: settings.inputBuckets.join(','),
        INPUT_MAX_BYTES: String(settings.inputMaxBytes),
        OPERATIONS: JSON.stringify(settings.operations),
      },
      permissions: [
        allow(['dynamodb:GetItem', 'dynamodb:UpdateItem'], [table.tableArn]),
        allow(['s3:PutObject', 's3:AbortMultipartUpload'], [`${bucket.bucketArn}/${outputsPrefix}*`]),
        allowReadInputs(bucket, settings.inputBuckets),
        allow(['secretsmanager:GetSecretValue'], [secrets.accessToken.secretArn]),
        allow(['lambda:InvokeFunction'], [functionArn(scope, 'token-refresh'), functionArn(scope, 'dispatch')]),
        allowDurableState(scope, 'generate'),
        allowPutEvents(scope),
      ],
    });
    acknowledgeWildcards(this.role, {
      '<OutputsBucket.Arn>/outputs/*':
        'Stores the outputs of jobs, and reads them as inputs; their keys are made at run time.',
      ...inputWildcards(settings.inputBuckets),
      [`arn:<AWS::Partition>:lambda:<AWS::Region>:<AWS::AccountId>:function:${lambdaName(stackName, 'generate')}:*`]:
        'The executions of its own versions, whose numbers rise with each deployment.',
    });
    this.alias = this.lambda.addAlias(durableAlias);
  }
}

// Beyond the time given to Adobe: the wait for the permit, the storing of the outputs, retries of steps.
const executionTimeout = (overrides: FunctionParts['settings']['operations']): Duration =>
  Duration.seconds(
    Math.max(...operations.map((operation) => pollingPolicyFor(operation, overrides).timeoutSeconds)) + 7_200,
  );
