import { setTimeout as sleep } from 'node:timers/promises';
import middy from '@middy/core';
import * as z from 'zod';
import { createImsClient } from '#shared/adobe/auth/ims.ts';
import { createDynamoDb, createSecretsManager } from '#shared/aws/clients.ts';
import { createStatusItems } from '#shared/aws/status-items.ts';
import { systemClock as clock } from '#shared/clock.ts';
import { createLog, createRecordMetric } from '#shared/observability.ts';
import { readSettings } from './environment.ts';
import { createMintLeases } from './mint-lease.ts';
import { refreshToken } from './refresh-token.ts';
import { type RefreshReport, reportFailure, reportRefreshed } from './report.ts';
import { createTokenStore } from './token-store.ts';

const eventSchema = z.object({ refusedVersionId: z.string().optional(), reason: z.literal('rotated').optional() });

const { tableName, clientCredentialsSecretId, accessTokenSecretId, imsUrl, scopes } = readSettings();
const dynamoDb = createDynamoDb();
const store = createTokenStore({
  secretsManager: createSecretsManager(),
  clientCredentialsSecretId,
  accessTokenSecretId,
});
const ports = {
  store,
  leases: createMintLeases({ dynamoDb, tableName, clock }),
  ims: createImsClient({ baseUrl: imsUrl, clock }),
  clock,
  sleep: (ms: number) => sleep(ms),
  scopes,
};
const reporting = {
  status: createStatusItems({ dynamoDb, tableName }),
  log: createLog(),
  recordMetric: createRecordMetric(),
  clock,
};

/** Time left, in ms, for telling how the run went. */
const reportReserveMs = 3_000;

export const handler = middy<unknown, RefreshReport>().handler(async (event, context) => {
  const deadline = clock.now() + context.getRemainingTimeInMillis() - reportReserveMs;
  try {
    return await reportRefreshed(reporting, await refreshToken(ports, eventSchema.parse(event), deadline));
  } catch (error) {
    await reportFailure(reporting, error, store);
    throw error;
  }
});
