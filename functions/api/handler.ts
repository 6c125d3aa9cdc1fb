import { setTimeout as sleep } from 'node:timers/promises';
import { createAccessTokenCache } from '#shared/adobe/auth/access-token.ts';
import { createAccessTokenSource } from '#shared/aws/access-token-source.ts';
import {
  createDynamoDb,
  createEventBridge,
  createLambda,
  createS3,
  createSecretsManager,
} from '#shared/aws/clients.ts';
import { createInvokeDispatch } from '#shared/aws/invoke-dispatch.ts';
import { createPresign } from '#shared/aws/object-store.ts';
import { createStartExecution } from '#shared/aws/start-execution.ts';
import { createStatusItems } from '#shared/aws/status-items.ts';
import { systemClock } from '#shared/clock.ts';
import { createLanes, fireflyLane } from '#shared/jobs/lanes/lane.ts';
import { createLog } from '#shared/observability.ts';
import { createImageStorage } from './adobe/image-storage.ts';
import { createApi } from './app.ts';
import { createBatchFiles } from './batches/batch-files.ts';
import { readSettings } from './environment.ts';
import { createEraseOutputs } from './jobs/erase-outputs.ts';
import { createOutputExists } from './jobs/output-exists.ts';
import { createPresignUpload } from './uploads/presign-upload.ts';

const settings = readSettings();
const { tableName, eventBusName, limits, stackName, version, gatewayUrl, retentionSeconds } = settings;
const dynamoDb = createDynamoDb();
const lambda = createLambda();
const s3 = createS3({ pathStyle: settings.pathStyleS3 });
const table = { dynamoDb, tableName, clock: systemClock };
const token = createAccessTokenSource({
  secretsManager: createSecretsManager(),
  secretId: settings.accessTokenSecretId,
});
const tokens = createAccessTokenCache(token, systemClock);
const inputs = {
  s3,
  table,
  buckets: { own: settings.bucketName, shared: settings.inputBuckets },
  maxBytes: settings.inputMaxBytes,
};

/** Answers every request to the HTTP API. */
export const handler = createApi({
  table,
  lanes: createLanes(table, { [fireflyLane]: limits }),
  bus: { eventBridge: createEventBridge(), eventBusName, gatewayUrl },
  token,
  tokens,
  fireflyUrl: settings.fireflyUrl,
  statusItems: createStatusItems({ dynamoDb, tableName }),
  presign: createPresign(s3, settings.outputUrlLifetimeSeconds),
  outputExists: createOutputExists(s3),
  eraseOutputs: createEraseOutputs(s3, settings.bucketName),
  inputs,
  storage: createImageStorage({
    inputs,
    tokens,
    fireflyUrl: settings.fireflyUrl,
  }),
  presignUpload: createPresignUpload(s3, settings.bucketName),
  batchFiles: createBatchFiles(s3, settings.bucketName),
  webhooks: {
    table: { ...table, tableName: settings.webhookTableName },
    startDelivery: createStartExecution(lambda, settings.notifyFunctionArn),
    allowsLoopback: settings.allowsLoopbackWebhooks,
  },
  triggerDispatch: createInvokeDispatch(lambda, settings.dispatchFunctionName),
  sleep: async (ms) => {
    await sleep(ms);
  },
  log: createLog(),
  operations: settings.operations,
  docsAssetsDirectory: settings.docsAssetsDirectory,
  operators: settings.operators,
  stackName,
  version,
  retentionSeconds,
});
