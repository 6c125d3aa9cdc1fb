import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDynamoDb, createEventBridge, createLambda, createS3 } from '#shared/aws/clients.ts';
import { createStartExecution, createStartThumbnail, createTriggerDispatch } from '#shared/aws/invoke-functions.ts';
import { createObjectStore } from '#shared/aws/object-store.ts';
import { createInvokePassthrough, createPassedOnCalls } from '#shared/aws/passed-on-calls.ts';
import { createStatusItems, createTokenExpiry } from '#shared/aws/status-items.ts';
import { openTable } from '#shared/aws/table.ts';
import { createDeniedWords } from '#shared/callers/denied-words.ts';
import { createPolicyReader } from '#shared/callers/policies.ts';
import { systemClock } from '#shared/clock.ts';
import { apiEnvironment } from '#shared/deployment/job-environments.ts';
import { enabledServices, getLaneLimits, getOperationOverrides } from '#shared/deployment/services.ts';
import { createLanes } from '#shared/jobs/lanes/lane.ts';
import { createLog, createRecordMetric } from '#shared/observability.ts';
import { createApi } from './app.ts';
import type { HttpEvent } from './http/request.ts';

const environment = apiEnvironment.read(process.env);
const dynamoDb = createDynamoDb();
const lambda = createLambda();
const s3 = createS3({ pathStyle: environment.awsEndpointUrlS3 !== undefined });
const log = createLog();
const recordMetric = createRecordMetric();
const tables = { dynamoDb, clock: systemClock, log, recordMetric };
const table = openTable({ ...tables, tableName: environment.tableName });
const statusItems = createStatusItems(table);

const openThumbnail = (name: string | undefined) =>
  name === undefined ? undefined : createStartThumbnail(lambda, name);

/** Answers every request to the HTTP API. */
export const handler = createApi({
  table,
  callers: openTable({ ...tables, tableName: environment.callerTableName }),
  audit: { table: openTable({ ...tables, tableName: environment.auditTableName }), log },
  lanes: createLanes(table, getLaneLimits(environment)),
  services: enabledServices(environment.services),
  bus: {
    eventBridge: createEventBridge(),
    eventBusName: environment.eventBusName,
    stackName: environment.stackName,
    gatewayUrl: environment.gatewayUrl,
  },
  token: createTokenExpiry(statusItems),
  adobeCalls: createPassedOnCalls(createInvokePassthrough(lambda, environment.passthroughFunctionName)),
  statusItems,
  objects: createObjectStore(s3, {
    bucket: environment.bucketName,
    urlLifetimeSeconds: environment.outputUrlLifetimeSeconds,
  }),
  inputs: {
    s3,
    table,
    buckets: { own: environment.bucketName, shared: environment.inputBuckets },
    maxBytes: environment.inputMaxBytes,
  },
  webhooks: {
    table: openTable({ ...tables, tableName: environment.webhookTableName }),
    startDelivery: createStartExecution(lambda, environment.notifyFunctionArn),
    allowsLoopback: environment.webhookLoopback === 'allowed',
  },
  console: environment.console && {
    ...environment.console,
    directory: resolve(import.meta.dirname, environment.console.directory),
  },
  readDeniedWords: createDeniedWords({
    s3,
    buckets: { own: environment.bucketName, shared: environment.inputBuckets },
    clock: systemClock,
    log,
  }),
  readPolicy: createPolicyReader(
    openTable({ ...tables, tableName: environment.callerTableName }),
    environment.callerDefaults,
  ),
  triggerDispatch: createTriggerDispatch(lambda, environment.dispatchFunctionName, systemClock),
  startThumbnail: openThumbnail(environment.thumbnailFunctionName),
  sleep: async (ms) => {
    await sleep(ms);
  },
  log,
  recordMetric,
  settings: {
    stackName: environment.stackName,
    version: environment.gatewayVersion,
    operations: getOperationOverrides(environment.services),
    operationRates: environment.operationRates,
    operators: environment.operators,
    singleSignOn: environment.singleSignOn,
    retentionSeconds: environment.jobRetentionDays * 86_400,
    docs: environment.docs,
    uploadsPerDay: environment.uploadsPerDay,
    callerRequestsPerSecond: environment.callerRequestsPerSecond,
  },
}).before(log.inContext((event: HttpEvent) => ({ requestId: event.requestContext?.requestId })));
