import * as z from 'zod';
import { operationOverrides } from '#shared/adobe/services/operation-settings.ts';
import { commaList, gatewayUrl, jsonOf, readEnv, wholeNumber } from '#shared/deployment/environment.ts';

const schema = z
  .object({
    TABLE_NAME: z.string().min(1),
    BUCKET_NAME: z.string().min(1),
    EVENT_BUS_NAME: z.string().min(1),
    GATEWAY_URL: gatewayUrl,
    ACCESS_TOKEN_SECRET_ID: z.string().min(1),
    TOKEN_REFRESH_FUNCTION_NAME: z.string().min(1),
    DISPATCH_FUNCTION_NAME: z.string().min(1),
    FIREFLY_API_URL: z.url(),
    STATUS_HOSTS: commaList,
    DOWNLOAD_HOSTS: commaList,
    REQUESTS_PER_MINUTE: wholeNumber,
    REQUESTS_PER_DAY: wholeNumber,
    SUBMIT_GRACE_SECONDS: wholeNumber,
    OUTPUT_MAX_BYTES: wholeNumber,
    INPUT_BUCKETS: commaList,
    INPUT_MAX_BYTES: wholeNumber,
    OPERATIONS: jsonOf(operationOverrides),
    AWS_ENDPOINT_URL_S3: z.url().optional(),
  })
  .transform((env) => ({
    tableName: env.TABLE_NAME,
    bucket: env.BUCKET_NAME,
    eventBusName: env.EVENT_BUS_NAME,
    gatewayUrl: env.GATEWAY_URL,
    accessTokenSecretId: env.ACCESS_TOKEN_SECRET_ID,
    tokenRefreshFunction: env.TOKEN_REFRESH_FUNCTION_NAME,
    dispatchFunction: env.DISPATCH_FUNCTION_NAME,
    fireflyUrl: env.FIREFLY_API_URL,
    statusHosts: env.STATUS_HOSTS,
    downloadHosts: env.DOWNLOAD_HOSTS,
    limits: {
      windows: [{ seconds: 60, hard: env.REQUESTS_PER_MINUTE }],
      requestsPerDay: env.REQUESTS_PER_DAY,
      submitGraceMs: env.SUBMIT_GRACE_SECONDS * 1000,
    },
    outputMaxBytes: env.OUTPUT_MAX_BYTES,
    inputBuckets: env.INPUT_BUCKETS,
    inputMaxBytes: env.INPUT_MAX_BYTES,
    operations: env.OPERATIONS,
    s3PathStyle: env.AWS_ENDPOINT_URL_S3 !== undefined,
  }));

/** The generate function's settings from its environment. */
export const readSettings = () => readEnv(schema, process.env);
