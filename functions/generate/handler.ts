import { setTimeout as sleep } from 'node:timers/promises';
import type { DurableContext } from '@aws/durable-execution-sdk-js';
import middy from '@middy/core';
import { executionModeDurableContext } from '@middy/core/DurableContext';
import { createAccessTokenCache } from '#shared/adobe/auth/access-token.ts';
import { createCallAdobe } from '#shared/adobe/http/call.ts';
import { createAllowList } from '#shared/adobe/http/hosts.ts';
import { findOutputs, pollingPolicyFor } from '#shared/adobe/services/operation-settings.ts';
import { operationOf } from '#shared/adobe/services/registry.ts';
import { createAccessTokenSource } from '#shared/aws/access-token-source.ts';
import {
  createDynamoDb,
  createEventBridge,
  createLambda,
  createS3,
  createSecretsManager,
} from '#shared/aws/clients.ts';
import { createTriggerDispatch } from '#shared/aws/invoke-functions.ts';
import { openTable } from '#shared/aws/table.ts';
import { systemClock } from '#shared/clock.ts';
import { generateEnvironment } from '#shared/deployment/job-environments.ts';
import {
  getBaseUrl,
  getLaneLimits,
  getOperationOverrides,
  getOrganizationHeaders,
} from '#shared/deployment/services.ts';
import { downloadHosts, statusHosts } from '#shared/deployment/urls.ts';
import { openWebInput } from '#shared/inputs/web-sources.ts';
import { createLanes } from '#shared/jobs/lanes/lane.ts';
import type { StartedTurn } from '#shared/jobs/started-turn.ts';
import { createLog, createRecordMetric } from '#shared/observability.ts';
import type { GenerateContext } from './context.ts';
import { runJob } from './run-job.ts';
import type { TurnEnd } from './turn.ts';

const environment = generateEnvironment.read(process.env);
const { services } = environment;
const overrides = getOperationOverrides(services);
const lambda = createLambda();
const tokenSource = createAccessTokenSource({
  secretsManager: createSecretsManager(),
  lambda,
  secretId: environment.accessTokenSecretId,
  tokenRefreshFunction: environment.tokenRefreshFunctionName,
});

const log = createLog();
const recordMetric = createRecordMetric();
const table = openTable({
  dynamoDb: createDynamoDb(),
  tableName: environment.tableName,
  clock: systemClock,
  log,
  recordMetric,
});
const tokens = createAccessTokenCache(tokenSource, systemClock);
const s3 = createS3({ pathStyle: environment.awsEndpointUrlS3 !== undefined });

const generateContext: GenerateContext = {
  table,
  lanes: createLanes(table, getLaneLimits(environment)),
  bus: {
    eventBridge: createEventBridge(),
    eventBusName: environment.eventBusName,
    stackName: environment.stackName,
    gatewayUrl: environment.gatewayUrl,
  },
  tokens,
  callAdobe: createCallAdobe(tokens, { clock: systemClock, log }),
  s3,
  buckets: { own: environment.bucketName, shared: environment.inputBuckets },
  inputMaxBytes: environment.inputMaxBytes,
  getBaseUrl: (service) => getBaseUrl(services, service),
  getOrganizationHeaders: (service) => getOrganizationHeaders(services, service),
  allowsStatus: createAllowList(statusHosts(environment)),
  allowsDownload: createAllowList(downloadHosts(environment)),
  openWebInput,
  publicRequests: { allowsLoopback: environment.webhookLoopback === 'allowed' },
  pollingPolicyFor: (job) => pollingPolicyFor(operationOf(job), overrides),
  firstPolls: new Map(),
  findOutputs: (job) => findOutputs(operationOf(job), overrides),
  outputMaxBytes: environment.outputMaxBytes,
  triggerDispatch: createTriggerDispatch(lambda, environment.dispatchFunctionName, systemClock),
  sleep: async (ms) => {
    await sleep(ms);
  },
  log,
  recordMetric,
};

/** Runs one turn of a job from its permit to its end; a durable function, resumed at the last finished step. */
export const handler = middy<StartedTurn, TurnEnd, Error, DurableContext>({
  executionMode: executionModeDurableContext,
  // A suspended invocation is over for Lambda while middy's timer would still run.
  timeoutEarlyInMillis: 0,
})
  .before(log.inContext(({ jobId }) => ({ jobId })))
  .handler((turn: StartedTurn, context) => runJob(context, turn, generateContext));
