import * as z from 'zod';
import { operationOverrides } from '#shared/adobe/services/operation-settings.ts';
import { gatewayUrl, jsonOf, readEnv, wholeNumber } from '#shared/deployment/environment.ts';

const schema = z
  .object({
    TABLE_NAME: z.string().min(1),
    BUCKET_NAME: z.string().min(1),
    EVENT_BUS_NAME: z.string().min(1),
    GATEWAY_URL: gatewayUrl,
    DISPATCH_FUNCTION_NAME: z.string().min(1),
    OPERATIONS: jsonOf(operationOverrides),
    BATCH_MAX_BYTES: wholeNumber,
    BATCH_MAX_LINES: wholeNumber,
    JOB_RETENTION_DAYS: wholeNumber,
    AWS_ENDPOINT_URL_S3: z.url().optional(),
  })
  .transform((env) => ({
    tableName: env.TABLE_NAME,
    bucket: env.BUCKET_NAME,
    eventBusName: env.EVENT_BUS_NAME,
    gatewayUrl: env.GATEWAY_URL,
    dispatchFunction: env.DISPATCH_FUNCTION_NAME,
    operations: env.OPERATIONS,
    maxBytes: env.BATCH_MAX_BYTES,
    maxLines: env.BATCH_MAX_LINES,
    retentionSeconds: env.JOB_RETENTION_DAYS * 86_400,
    s3PathStyle: env.AWS_ENDPOINT_URL_S3 !== undefined,
  }));

/** The inbox function's settings from its environment. */
export const readSettings = () => readEnv(schema, process.env);
