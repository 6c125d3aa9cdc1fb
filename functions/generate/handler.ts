import type { DurableContext } from '@aws/durable-execution-sdk-js';
import middy from '@middy/core';
import { executionModeDurableContext } from '@middy/core/DurableContext';
import { createAccessTokenCache } from '#shared/adobe/auth/access-token.ts';
import { createCallAdobe } from '#shared/adobe/http/call.ts';
import { createAllowList } from '#shared/adobe/http/hosts.ts';
import { pollingPolicyFor } from '#shared/adobe/services/operation-settings.ts';
import { operationOf } from '#shared/adobe/services/registry.ts';
import { createAccessTokenSource } from '#shared/aws/access-token-source.ts';
import {
  createDynamoDb,
  createEventBridge,
  createLambda,
  createS3,
  createSecretsManager,
} from '#shared/aws/clients.ts';
import { createTriggerDispatch } from '#shared/aws/trigger-dispatch.ts';
import { systemClock } from '#shared/clock.ts';
import type { Turn } from '#shared/jobs/job.ts';
import { createLanes, fireflyLane } from '#shared/jobs/lanes/lane.ts';
import { createLog, createRecordMetric } from '#shared/observability.ts';
import type { Parts } from './context.ts';
import { readSettings } from './environment.ts';
import type { TurnEnd } from './publish-job-ended.ts';
import { runJob } from './run-job.ts';

const settings = readSettings();
const lambda = createLambda();
const tokenSource = createAccessTokenSource({
  secretsManager: createSecretsManager(),
  lambda,
  secretId: settings.accessTokenSecretId,
  tokenRefreshFunction: settings.tokenRefreshFunction,
});

const table = { dynamoDb: createDynamoDb(), tableName: settings.tableName, clock: systemClock };
const tokens = createAccessTokenCache(tokenSource, systemClock);
const log = createLog();
const s3 = createS3({ pathStyle: settings.s3PathStyle });

const parts: Parts = {
  table,
  lanes: createLanes(table, { [fireflyLane]: settings.limits }),
  bus: {
    eventBridge: createEventBridge(),
    eventBusName: settings.eventBusName,
    gatewayUrl: settings.gatewayUrl,
  },
  tokens,
  callAdobe: createCallAdobe(tokens, { clock: systemClock, log }),
  s3,
  inputs: {
    s3,
    table,
    buckets: { own: settings.bucket, shared: settings.inputBuckets },
    maxBytes: settings.inputMaxBytes,
  },
  bucket: settings.bucket,
  fireflyUrl: settings.fireflyUrl,
  allowsStatus: createAllowList(settings.statusHosts),
  allowsDownload: createAllowList(settings.downloadHosts),
  pollingPolicyFor: (job) => pollingPolicyFor(operationOf(job), settings.operations),
  outputMaxBytes: settings.outputMaxBytes,
  triggerDispatch: createTriggerDispatch(lambda, settings.dispatchFunction),
  log,
  recordMetric: createRecordMetric(),
};

/** Follows one turn of a job from its permit to its end; a durable function, resumed at the last finished step. */
export const handler = middy<Turn, TurnEnd, Error, DurableContext>({
  executionMode: executionModeDurableContext,
  // A suspended invocation is over for Lambda while middy's timer would still run.
  timeoutEarlyInMillis: 0,
}).handler(({ jobId, turn }: Turn, context) => runJob(context, { jobId, turn }, parts));
