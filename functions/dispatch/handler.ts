import middy from '@middy/core';
import { createDynamoDb, createEventBridge, createLambda } from '#shared/aws/clients.ts';
import { createStartExecution } from '#shared/aws/start-execution.ts';
import { systemClock } from '#shared/clock.ts';
import { createLog, createRecordMetric } from '#shared/observability.ts';
import { assignPermits } from './assign-permits.ts';
import { readSettings } from './environment.ts';
import { recoverJobs } from './recover-jobs.ts';
import { runParts } from './run-parts.ts';
import { scheduleBatches } from './schedule-batches.ts';
import type { StartRun } from './start-batch-run.ts';
import type { StartTurn } from './start-turn.ts';

const { tableName, eventBusName, gatewayUrl, generateFunctionArn, inboxFunctionArn, limits } = readSettings();
const log = createLog();
const recordMetric = createRecordMetric();
const table = { dynamoDb: createDynamoDb(), tableName, clock: systemClock };
const bus = { eventBridge: createEventBridge(), eventBusName, gatewayUrl };
const lambda = createLambda();

const startGenerate = createStartExecution(lambda, generateFunctionArn);
const startInbox = createStartExecution(lambda, inboxFunctionArn);

const startTurn: StartTurn = ({ jobId, turn }, name) => startGenerate({ jobId, turn }, name);
const startRun: StartRun = ({ batchId, run }, name) => startInbox({ batchId, run }, name);

/**
 * Runs every minute and on every new job: first what crashes left behind, then permits for the heads of the queue, then
 * batches that have something to do.
 */
export const handler = middy(async () => {
  return runParts(log, {
    jobs: () => recoverJobs({ table, limits, bus, startTurn, log, recordMetric }),
    permits: async () => ({ started: await assignPermits({ table, limits, bus, startTurn, log, recordMetric }) }),
    batches: () => scheduleBatches({ table, bus, startRun, log }),
  });
});
