import type { DurableContext } from '@aws/durable-execution-sdk-js';
import middy from '@middy/core';
import { executionModeDurableContext } from '@middy/core/DurableContext';
import { createDynamoDb, createEventBridge, createLambda, createS3 } from '#shared/aws/clients.ts';
import { createTriggerDispatch } from '#shared/aws/invoke-functions.ts';
import { openTable } from '#shared/aws/table.ts';
import { createDeniedWords } from '#shared/callers/denied-words.ts';
import { createPolicyReader } from '#shared/callers/policies.ts';
import { systemClock } from '#shared/clock.ts';
import { inboxEnvironment } from '#shared/deployment/job-environments.ts';
import { getLaneLimits, getOperationOverrides } from '#shared/deployment/services.ts';
import { createLanes } from '#shared/jobs/lanes/lane.ts';
import { createLog, createRecordMetric } from '#shared/observability.ts';
import type { InboxContext } from './context.ts';
import { processErasure } from './erase/process-erasure.ts';
import { readEvent } from './events.ts';
import { processBatch } from './process-batch.ts';
import { registerFile, registrationRetries } from './register-file.ts';

const environment = inboxEnvironment.read(process.env);
const { stackName, tableName, eventBusName, gatewayUrl } = environment;

const log = createLog();

const recordMetric = createRecordMetric();
const tables = { dynamoDb: createDynamoDb(), clock: systemClock, log, recordMetric };
const table = openTable({ ...tables, tableName });
const s3 = createS3({ pathStyle: environment.awsEndpointUrlS3 !== undefined });

const inbox: InboxContext = {
  table,
  webhookTable: openTable({ ...tables, tableName: environment.webhookTableName }),
  lanes: createLanes(table, getLaneLimits(environment)),
  bus: { eventBridge: createEventBridge(), eventBusName, stackName, gatewayUrl },
  s3,
  readPolicy: createPolicyReader(
    openTable({ ...tables, tableName: environment.callerTableName }),
    environment.callerDefaults,
  ),
  readDeniedWords: createDeniedWords({
    s3,
    buckets: { own: environment.bucketName, shared: environment.inputBuckets },
    clock: systemClock,
    log,
  }),
  triggerDispatch: createTriggerDispatch(createLambda(), environment.dispatchFunctionName, systemClock),
  log,
  recordMetric,
  bucket: environment.bucketName,
  operations: getOperationOverrides(environment.services),
  operationRates: environment.operationRates,
  maxBytes: environment.batchMaxBytes,
  maxLines: environment.batchMaxLines,
  inspectionWaits: environment.thumbnails ? [4, 20] : undefined,
  retentionSeconds: environment.jobRetentionDays * 86_400,
};

/** Makes a batch of a new file, or does what there is to do for one or for an erasure; a durable function, resumed at the last finished step. */
export const handler = middy<{ batchId?: string; erasureId?: string }, unknown, Error, DurableContext>({
  executionMode: executionModeDurableContext,
  // A suspended invocation is over for Lambda while middy's timer would still run.
  timeoutEarlyInMillis: 0,
})
  .before(log.inContext(({ batchId, erasureId }) => ({ batchId, erasureId })))
  .handler((event, context) => {
    const known = readEvent(event);
    if (known.kind === 'run') return processBatch(context, known.run, inbox);
    if (known.kind === 'erasure') return processErasure(context, known.run, inbox);
    return context.step('register', async () => ({ batchId: await registerFile(inbox, known) }), {
      retryStrategy: registrationRetries,
    });
  });
