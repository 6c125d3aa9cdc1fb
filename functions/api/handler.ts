import { setTimeout as sleep } from 'node:timers/promises';
import { createAccessTokenCache } from '#shared/adobe/auth/access-token.ts';
import { createCallAdobe } from '#shared/adobe/http/call.ts';
import { createAccessTokenSource } from '#shared/aws/access-token-source.ts';
import {
  createDynamoDb,
  createEventBridge,
  createLambda,
  createS3,
  createSecretsManager,
} from '#shared/aws/clients.ts';
import { createObjectStore } from '#shared/aws/object-store.ts';
import { createStartExecution } from '#shared/aws/start-execution.ts';
import { createStatusItems } from '#shared/aws/status-items.ts';
import { createTriggerDispatch } from '#shared/aws/trigger-dispatch.ts';
import { systemClock } from '#shared/clock.ts';
import { createLanes, fireflyLane } from '#shared/jobs/lanes/lane.ts';
import { createLog } from '#shared/observability.ts';
import { createApi } from './app.ts';
import { readSettings } from './environment.ts';

const settings = readSettings();
const dynamoDb = createDynamoDb();
const lambda = createLambda();
const s3 = createS3({ pathStyle: settings.pathStyleS3 });
const table = { dynamoDb, tableName: settings.tableName, clock: systemClock };
const token = createAccessTokenSource({
  secretsManager: createSecretsManager(),
  secretId: settings.accessTokenSecretId,
});
const log = createLog();

/** Answers every request to the HTTP API. */
export const handler = createApi({
  table,
  lanes: createLanes(table, { [fireflyLane]: settings.limits }),
  bus: {
    eventBridge: createEventBridge(),
    eventBusName: settings.eventBusName,
    gatewayUrl: settings.gatewayUrl,
  },
  token,
  callAdobe: createCallAdobe(createAccessTokenCache(token, systemClock), { clock: systemClock, log }),
  statusItems: createStatusItems(table),
  objects: createObjectStore(s3, {
    bucket: settings.bucketName,
    urlLifetimeSeconds: settings.outputUrlLifetimeSeconds,
  }),
  inputs: {
    s3,
    table,
    buckets: { own: settings.bucketName, shared: settings.inputBuckets },
    maxBytes: settings.inputMaxBytes,
  },
  webhooks: {
    table: { ...table, tableName: settings.webhookTableName },
    startDelivery: createStartExecution(lambda, settings.notifyFunctionArn),
    allowsLoopback: settings.allowsLoopbackWebhooks,
  },
  triggerDispatch: createTriggerDispatch(lambda, settings.dispatchFunctionName),
  sleep: async (ms) => {
    await sleep(ms);
  },
  log,
  settings,
});
