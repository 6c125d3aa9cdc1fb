import * as z from 'zod';
import { readEnv } from '#shared/deployment/environment.ts';
import type { RotationPolicy } from './context.ts';

const nonNegative = z.coerce.number().nonnegative();
const hourMs = 3_600_000;

const schema = z
  .object({
    TABLE_NAME: z.string().min(1),
    INTENT_TABLE_NAME: z.string().min(1),
    CLIENT_CREDENTIALS_SECRET_ID: z.string().min(1),
    ADOBE_IMS_URL: z.url(),
    ADOBE_IO_URL: z.url(),
    FIREFLY_API_URL: z.url(),
    GENERATION_SCOPES: z.string().min(1),
    MANAGEMENT_SCOPES: z.string().min(1),
    TOKEN_REFRESH_FUNCTION_NAME: z.string().min(1),
    SECRET_GRACE_HOURS: nonNegative,
    SECRET_UNUSED_HOURS: nonNegative,
    PROPAGATION_SECONDS: nonNegative,
    ROTATION_DAYS: z.coerce.number().positive(),
  })
  .transform((env) => ({
    tableName: env.TABLE_NAME,
    intentTableName: env.INTENT_TABLE_NAME,
    clientCredentialsSecretId: env.CLIENT_CREDENTIALS_SECRET_ID,
    imsUrl: env.ADOBE_IMS_URL,
    ioManagementUrl: env.ADOBE_IO_URL,
    fireflyUrl: env.FIREFLY_API_URL,
    tokenRefreshFunction: env.TOKEN_REFRESH_FUNCTION_NAME,
    policy: {
      generationScopes: env.GENERATION_SCOPES,
      managementScopes: env.MANAGEMENT_SCOPES,
      graceMs: env.SECRET_GRACE_HOURS * hourMs,
      unusedMs: env.SECRET_UNUSED_HOURS * hourMs,
      propagationMs: env.PROPAGATION_SECONDS * 1000,
      rotationIntervalMs: env.ROTATION_DAYS * 24 * hourMs,
      retryMs: 60_000,
      addTimeoutMs: 20_000,
      leaseMs: 60_000,
      handoverMs: 30_000,
    } satisfies RotationPolicy,
  }));

/** The settings of this function from its environment. */
export const readSettings = () => readEnv(schema, process.env);
