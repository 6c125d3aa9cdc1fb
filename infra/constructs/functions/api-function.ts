import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { batchesPrefix } from '#shared/batches/batch-files.ts';
import { eventBusName, lambdaName } from '#shared/deployment/names.ts';
import manifest from '../../../package.json' with { type: 'json' };
import { acknowledgeWildcards } from '../acknowledge-wildcards.ts';
import { outputsPrefix, uploadsPrefix } from '../outputs-bucket.ts';
import { docsDirectory, withDocs } from './bundling.ts';
import type { FunctionParts } from './function-parts.ts';
import { GatewayFunction } from './gateway-function.ts';
import { aliasArn, allow, allowPutEvents, allowReadInputs, functionArn, inputWildcards } from './statements.ts';

/** Answers the HTTP API: takes jobs in, shows, cancels and erases them. */
export class ApiFunction extends GatewayFunction {
  constructor(scope: Construct, id: string, { settings, jobs, outputs, secrets, webhooks, gatewayUrl }: FunctionParts) {
    const { table } = jobs;
    const { bucket } = outputs;
    const outputObjects = `${bucket.bucketArn}/${outputsPrefix}*`;
    super(scope, id, {
      name: 'api',
      bundling: withDocs,
      description: 'Firefly-shaped API: takes jobs in, shows, cancels and erases them',
      memoryMegabytes: 1024,
      // The HTTP API gives up after 30 s; a synchronous call waits for up to 25 s.
      timeoutSeconds: 29,
      logRetentionDays: settings.logRetentionDays,
      logLevel: settings.logLevel,
      environment: {
        TABLE_NAME: table.tableName,
        BUCKET_NAME: bucket.bucketName,
        EVENT_BUS_NAME: eventBusName,
        GATEWAY_URL: gatewayUrl,
        ACCESS_TOKEN_SECRET_ID: secrets.accessToken.secretArn,
        DISPATCH_FUNCTION_NAME: lambdaName(Stack.of(scope).stackName, 'dispatch'),
        WEBHOOK_TABLE_NAME: webhooks.table.tableName,
        NOTIFY_FUNCTION_ARN: aliasArn(scope, 'notify'),
        REQUESTS_PER_MINUTE: String(settings.requestsPerMinute),
        REQUESTS_PER_DAY: String(settings.requestsPerDay),
        SUBMIT_GRACE_SECONDS: String(settings.submitGraceSeconds),
        OUTPUT_URL_LIFETIME_SECONDS: String(settings.outputUrlLifetimeSeconds),
        JOB_RETENTION_DAYS: String(settings.jobRetentionDays),
        INPUT_BUCKETS: settings.inputBuckets.join(','),
        INPUT_MAX_BYTES: String(settings.inputMaxBytes),
        FIREFLY_API_URL: settings.fireflyApiUrl,
        OPERATIONS: JSON.stringify(settings.operations),
        DOCS_ASSETS_DIRECTORY: `/var/task/${docsDirectory}`,
        OPERATORS: JSON.stringify(settings.auth.mode === 'jwt' ? settings.auth.operators : 'policy'),
        GATEWAY_VERSION: manifest.version,
      },
      permissions: [
        allow(
          [
            'dynamodb:BatchGetItem',
            'dynamodb:GetItem',
            'dynamodb:PutItem',
            'dynamodb:UpdateItem',
            'dynamodb:DeleteItem',
            'dynamodb:Query',
          ],
          [table.tableArn],
        ),
        allow(['dynamodb:Query'], [jobs.indexArn('queue'), jobs.indexArn('caller')]),
        // A deletion names the version, always: without, S3 would only put a marker over the bytes.
        allow(['s3:DeleteObjectVersion'], [outputObjects]),
        allowReadInputs(bucket, settings.inputBuckets),
        allow(['s3:PutObject'], [`${bucket.bucketArn}/${uploadsPrefix}*`]),
        // The requests of a batch and its report.
        allow(['s3:GetObject', 's3:PutObject'], [`${bucket.bucketArn}/${batchesPrefix}*`]),
        allow(['s3:ListBucketVersions'], [bucket.bucketArn], { StringLike: { 's3:prefix': `${outputsPrefix}*` } }),
        allow(['secretsmanager:GetSecretValue'], [secrets.accessToken.secretArn]),
        allow(
          ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem', 'dynamodb:Query'],
          [webhooks.table.tableArn],
        ),
        // Test messages to webhooks.
        allow(['lambda:InvokeFunction'], [functionArn(scope, 'dispatch'), aliasArn(scope, 'notify')]),
        allowPutEvents(scope),
      ],
    });
    acknowledgeWildcards(this.role, {
      '<OutputsBucket.Arn>/outputs/*': 'Presigns and erases the outputs of jobs; their keys are made at run time.',
      ...inputWildcards(settings.inputBuckets),
      '<OutputsBucket.Arn>/batches/*': 'Stores requests of batches, presigns reports; their keys are made at run time.',
    });
  }
}
