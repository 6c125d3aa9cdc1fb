import * as z from 'zod';
import { operationOverrides } from '#shared/adobe/services/operation-settings.ts';
import { commaList, gatewayUrl, jsonOf, readEnv, wholeNumber } from '#shared/deployment/environment.ts';
import { operatorsSchema } from './http/operators.ts';

const schema = z
  .object({
    STACK_NAME: z.string().min(1),
    TABLE_NAME: z.string().min(1),
    BUCKET_NAME: z.string().min(1),
    EVENT_BUS_NAME: z.string().min(1),
    ACCESS_TOKEN_SECRET_ID: z.string().min(1),
    DISPATCH_FUNCTION_NAME: z.string().min(1),
    WEBHOOK_TABLE_NAME: z.string().min(1),
    NOTIFY_FUNCTION_ARN: z.string().min(1),
    /** Set in the embedded stack only. */
    WEBHOOK_LOOPBACK: z.literal('allowed').optional(),
    REQUESTS_PER_MINUTE: wholeNumber,
    REQUESTS_PER_DAY: wholeNumber,
    SUBMIT_GRACE_SECONDS: wholeNumber,
    OUTPUT_URL_LIFETIME_SECONDS: wholeNumber.max(7 * 86_400),
    JOB_RETENTION_DAYS: wholeNumber,
    INPUT_BUCKETS: commaList,
    INPUT_MAX_BYTES: wholeNumber,
    FIREFLY_API_URL: z.url(),
    OPERATIONS: jsonOf(operationOverrides),
    DOCS_ASSETS_DIRECTORY: z.string().min(1),
    OPERATORS: jsonOf(operatorsSchema),
    GATEWAY_VERSION: z.string().min(1),
    GATEWAY_URL: gatewayUrl,
    AWS_ENDPOINT_URL_S3: z.url().optional(),
  })
  .transform((env) => ({
    stackName: env.STACK_NAME,
    tableName: env.TABLE_NAME,
    bucketName: env.BUCKET_NAME,
    eventBusName: env.EVENT_BUS_NAME,
    accessTokenSecretId: env.ACCESS_TOKEN_SECRET_ID,
    dispatchFunctionName: env.DISPATCH_FUNCTION_NAME,
    webhookTableName: env.WEBHOOK_TABLE_NAME,
    notifyFunctionArn: env.NOTIFY_FUNCTION_ARN,
    allowsLoopbackWebhooks: env.WEBHOOK_LOOPBACK === 'allowed',
    limits: {
      windows: [{ seconds: 60, hard: env.REQUESTS_PER_MINUTE }],
      requestsPerDay: env.REQUESTS_PER_DAY,
      submitGraceMs: env.SUBMIT_GRACE_SECONDS * 1000,
    },
    outputUrlLifetimeSeconds: env.OUTPUT_URL_LIFETIME_SECONDS,
    retentionSeconds: env.JOB_RETENTION_DAYS * 86_400,
    inputBuckets: env.INPUT_BUCKETS,
    inputMaxBytes: env.INPUT_MAX_BYTES,
    fireflyUrl: env.FIREFLY_API_URL,
    operations: env.OPERATIONS,
    docsAssetsDirectory: env.DOCS_ASSETS_DIRECTORY,
    operators: env.OPERATORS,
    version: env.GATEWAY_VERSION,
    gatewayUrl: env.GATEWAY_URL,
    // An S3 server of one's own has no host name per bucket.
    pathStyleS3: env.AWS_ENDPOINT_URL_S3 !== undefined,
  }));

/** The API function's settings from its environment. */
export const readSettings = () => readEnv(schema, process.env);
