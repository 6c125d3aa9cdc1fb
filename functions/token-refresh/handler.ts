import { setTimeout as sleep } from 'node:timers/promises';
import middy from '@middy/core';
import * as z from 'zod';
import { createImsClient } from '#shared/adobe/auth/ims.ts';
import { withScopeFallback } from '#shared/adobe/auth/scope-fallback.ts';
import { checkServiceAccess } from '#shared/adobe/console/service-access.ts';
import { createDynamoDb, createSecretsManager } from '#shared/aws/clients.ts';
import { createStatusItems } from '#shared/aws/status-items.ts';
import { systemClock as clock } from '#shared/clock.ts';
import { tokenRefreshEnvironment } from '#shared/deployment/support-environments.ts';
import { createLog, createRecordMetric } from '#shared/observability.ts';
import { once } from '#shared/once.ts';
import type { TokenRefreshContext } from './context.ts';
import { createMintLeases } from './mint-lease.ts';
import { refreshToken } from './refresh-token.ts';
import { type RefreshReport, reportFailure, reportRefreshed } from './status-report.ts';
import { createTokenStore } from './token-store.ts';

const eventSchema = once(() =>
  z.object({ refusedVersionId: z.string().optional(), reason: z.literal('rotated').optional() }),
);

const { tableName, clientCredentialsSecretId, accessTokenSecretId, adobeImsUrl, generationScopes, serviceAccess } =
  tokenRefreshEnvironment.read(process.env);
const dynamoDb = createDynamoDb();

const log = createLog();
const scopes = generationScopes.join(',');
const accessTimeoutMs = 2_000;

const refreshContext: TokenRefreshContext = {
  store: createTokenStore({ secretsManager: createSecretsManager(), clientCredentialsSecretId, accessTokenSecretId }),
  leases: createMintLeases({ dynamoDb, tableName, clock }),
  ims: withScopeFallback(
    createImsClient({ baseUrl: adobeImsUrl, clock }),
    scopes,
    Object.values(serviceAccess).map((needs) => needs.scopes),
  ),
  scopes,
  serviceAccess,
  checkAccess: (url, token) => checkServiceAccess({ url, token, timeoutMs: accessTimeoutMs }),
  status: createStatusItems({ dynamoDb, tableName, clock }),
  clock,
  sleep: (ms) => sleep(ms),
  log,
  recordMetric: createRecordMetric(),
};

/** Time left, in ms, for reporting how the run went. */
const reportReserveMs = 3_000;

/**
 * Keeps a valid access token in Secrets Manager: mints one if it is due, refused by Adobe, or no longer what the current
 * credentials would give. Returns what was done, without the token; a failure is thrown, after it is on record for `/health`.
 */
export const handler = middy<unknown, RefreshReport>()
  .before(log.inContext())
  .handler(async (event, context) => {
    const deadline = clock.now() + context.getRemainingTimeInMillis() - reportReserveMs;
    try {
      const refreshed = await refreshToken(refreshContext, eventSchema().parse(event), deadline);
      return await reportRefreshed(refreshContext, refreshed);
    } catch (error) {
      await reportFailure(refreshContext, error);
      throw error;
    }
  });
