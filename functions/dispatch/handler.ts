import { InvokeCommand } from '@aws-sdk/client-lambda';
import middy from '@middy/core';
import { createDynamoDb, createEventBridge, createLambda } from '#shared/aws/clients.ts';
import type { Work } from '#shared/batches/batch-progress.ts';
import { systemClock } from '#shared/clock.ts';
import type { Turn } from '#shared/jobs/job.ts';
import { createLog, createRecordMetric } from '#shared/observability.ts';
import { assignPermits } from './assign-permits.ts';
import { followBatches } from './follow-batches.ts';
import { recoverJobs } from './recover-jobs.ts';
import { readSettings } from './settings.ts';
import type { StartTurn } from './start-turn.ts';
import type { StartWork } from './start-work.ts';

const { tableName, eventBusName, gatewayUrl, generateFunctionArn, inboxFunctionArn, limits } = readSettings();
const log = createLog();
const recordMetric = createRecordMetric();
const table = { dynamoDb: createDynamoDb(), tableName, clock: systemClock };
const bus = { eventBridge: createEventBridge(), eventBusName, gatewayUrl };
const lambda = createLambda();

const startExecution = async (functionArn: string, executionName: string, payload: Turn | Work): Promise<void> => {
  await lambda.send(
    new InvokeCommand({
      FunctionName: functionArn,
      InvocationType: 'Event',
      DurableExecutionName: executionName,
      Payload: JSON.stringify(payload),
    }),
  );
};

const startTurn: StartTurn = ({ jobId, turn }, name) => startExecution(generateFunctionArn, name, { jobId, turn });
const startWork: StartWork = ({ batchId, work }, name) => startExecution(inboxFunctionArn, name, { batchId, work });

/**
 * Runs every minute and on every new job: first what crashes left behind, then permits for the heads of the queue, then
 * batches that have something to do.
 */
export const handler = middy(async () => {
  const recovered = await recoverJobs({ table, limits, bus, startTurn, log, recordMetric });
  const started = await assignPermits({ table, limits, startTurn, log });
  const followed = await followBatches({ table, bus, startWork, log });
  log.info('dispatched', { ...recovered, started, ...followed });
  return { ...recovered, started, ...followed };
});
