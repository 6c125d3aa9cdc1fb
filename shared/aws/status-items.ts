import * as z from 'zod';
import { NotConfiguredError } from '../adobe/auth/access-token.ts';
import type { FunctionName } from '../deployment/names.ts';
import { jobPartitions } from '../deployment/tables.ts';
import { once } from '../once.ts';
import { getItem, putItem, type Table } from './table.ts';

/** How an outcome names its error. */
export const errorSchema = once(() => z.object({ code: z.string(), message: z.string() }));

/** What Adobe gives the credential of one service. */
export const serviceAccessSchema = once(() =>
  z.object({
    missingScopes: z.array(z.string()).meta({ description: 'Scopes that the service asks for and the token lacks' }),
    /** Absent for Firefly, whose own calls show it. */
    access: z.enum(['granted', 'refused', 'unknown']).optional().meta({
      description: 'Whether the service lets the token in; `unknown` if it gave no verdict',
    }),
    error: errorSchema().optional(),
    checkedAt: z.iso.datetime(),
  }),
);

/** Outcome of the last token refresh. */
export const tokenRefreshStatusSchema = once(() =>
  z.object({
    state: z.enum(['ok', 'not_configured', 'failing']),
    lastRunAt: z.iso.datetime(),
    lastMintAt: z.iso.datetime().optional(),
    tokenExpiresAt: z.iso.datetime().optional(),
    error: errorSchema().optional(),
    services: z
      .record(z.string(), serviceAccessSchema())
      .optional()
      .meta({ description: 'By their ids the services that are on, as the last new token found them' }),
  }),
);

const secretRotationStatusSchema = once(() =>
  z.object({
    lastRunAt: z.iso.datetime(),
    /** When the current client secret was stored. */
    currentSecretCreatedAt: z.iso.datetime().optional(),
    currentSecretUuid: z.string().optional(),
    nextRotationAt: z.iso.datetime().optional(),
    /** When a rotation last put a new client secret into service. */
    lastRotationAt: z.iso.datetime().optional(),
    lastRotationFailed: z.boolean(),
    error: errorSchema().optional(),
    /** Client secrets at Adobe that this gateway did not make. */
    foreignSecretUuids: z.array(z.string()).optional(),
    previousSecretUuid: z.string().optional(),
    /** When the grace of the previous client secret ends. */
    previousRetiresAt: z.iso.datetime().optional(),
  }),
);

/** Outcome of the last token refresh; times are ISO, no value of any secret is in it. */
export type TokenRefreshStatus = z.output<ReturnType<typeof tokenRefreshStatusSchema>>;

/** What Adobe gives the credential of one service. */
export type ServiceAccessStatus = z.output<ReturnType<typeof serviceAccessSchema>>;

/** Outcome of the last rotation and the state of the client secrets; times are ISO, no value of any secret is in it. */
export type SecretRotationStatus = z.output<ReturnType<typeof secretRotationStatusSchema>>;

/** The one item each that token-refresh and secret-rotation leave in the job table for `/health` to read. */
export interface StatusItems {
  readTokenRefresh(): Promise<TokenRefreshStatus | undefined>;
  writeTokenRefresh(status: TokenRefreshStatus): Promise<void>;
  readSecretRotation(): Promise<SecretRotationStatus | undefined>;
  writeSecretRotation(status: SecretRotationStatus): Promise<void>;
}

/** Opens the status items of the job table. */
export const createStatusItems = (table: Table): StatusItems => {
  const buildKey = (name: FunctionName) => ({ pk: jobPartitions.status(name), sk: 'status' });

  const read = async <Schema extends z.ZodType>(name: FunctionName, schema: Schema) => {
    const item = await getItem(table, buildKey(name));
    return item && schema.parse(item);
  };

  const write = async (name: FunctionName, status: TokenRefreshStatus | SecretRotationStatus) => {
    await putItem(table, { ...status, ...buildKey(name) });
  };

  return {
    readTokenRefresh: () => read('token-refresh', tokenRefreshStatusSchema()),
    writeTokenRefresh: (status) => write('token-refresh', status),
    readSecretRotation: () => read('secret-rotation', secretRotationStatusSchema()),
    writeSecretRotation: (status) => write('secret-rotation', status),
  };
};

/** When the stored access token expires, for functions that may not read the token. */
export interface TokenExpiry {
  /**
   * Reads what token-refresh has noted.
   *
   * @returns epoch ms
   * @throws {NotConfiguredError} while there is no token
   */
  read(): Promise<{ expiresAt: number }>;
}

/** Reads the expiry of the token from the status of its refresh, which every mint updates. */
export const createTokenExpiry = ({ readTokenRefresh }: Pick<StatusItems, 'readTokenRefresh'>): TokenExpiry => ({
  read: async () => {
    const expiresAt = (await readTokenRefresh())?.tokenExpiresAt;
    if (expiresAt === undefined) throw new NotConfiguredError('access-token');
    return { expiresAt: Date.parse(expiresAt) };
  },
});
