import * as z from 'zod';
import { gatewayUrl, readEnv, wholeNumber } from '#shared/deployment/environment.ts';

const schema = z
  .object({
    TABLE_NAME: z.string().min(1),
    EVENT_BUS_NAME: z.string().min(1),
    GATEWAY_URL: gatewayUrl,
    GENERATE_FUNCTION_ARN: z.string().min(1),
    INBOX_FUNCTION_ARN: z.string().min(1),
    REQUESTS_PER_MINUTE: wholeNumber,
    REQUESTS_PER_DAY: wholeNumber,
    SUBMIT_GRACE_SECONDS: wholeNumber,
  })
  .transform((env) => ({
    tableName: env.TABLE_NAME,
    eventBusName: env.EVENT_BUS_NAME,
    gatewayUrl: env.GATEWAY_URL,
    generateFunctionArn: env.GENERATE_FUNCTION_ARN,
    inboxFunctionArn: env.INBOX_FUNCTION_ARN,
    limits: {
      windows: [{ seconds: 60, hard: env.REQUESTS_PER_MINUTE }],
      requestsPerDay: env.REQUESTS_PER_DAY,
      submitGraceMs: env.SUBMIT_GRACE_SECONDS * 1000,
    },
  }));

/** The dispatch function's settings from its environment. */
export const readSettings = () => readEnv(schema, process.env);
