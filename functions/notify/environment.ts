import * as z from 'zod';
import { readEnv } from '#shared/deployment/environment.ts';

const schema = z
  .object({
    WEBHOOK_TABLE_NAME: z.string().min(1),
    NOTIFY_FUNCTION_ARN: z.string().min(1),
    /** Set in the embedded stack only. */
    WEBHOOK_LOOPBACK: z.literal('allowed').optional(),
  })
  .transform((env) => ({
    tableName: env.WEBHOOK_TABLE_NAME,
    notifyFunctionArn: env.NOTIFY_FUNCTION_ARN,
    allowsLoopback: env.WEBHOOK_LOOPBACK === 'allowed',
  }));

/** The notify function's settings from its environment. */
export const readSettings = () => readEnv(schema, process.env);
