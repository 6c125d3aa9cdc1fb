import { InvokeCommand } from '@aws-sdk/client-lambda';
import middy from '@middy/core';
import { createDynamoDb, createEventBridge, createLambda } from '#shared/aws/clients.ts';
import { systemClock } from '#shared/clock.ts';
import { createLog, createRecordMetric } from '#shared/observability.ts';
import { assignPermits } from './assign-permits.ts';
import { recoverJobs } from './recover-jobs.ts';
import { readSettings } from './settings.ts';
import type { StartTurn } from './start-turn.ts';

const { tableName, eventBusName, generateFunctionArn, limits } = readSettings();
const log = createLog();
const recordMetric = createRecordMetric();
const table = { dynamoDb: createDynamoDb(), tableName, clock: systemClock };
const bus = { eventBridge: createEventBridge(), eventBusName };
const lambda = createLambda();

const startTurn: StartTurn = async ({ jobId, turn }, executionName) => {
  await lambda.send(
    new InvokeCommand({
      FunctionName: generateFunctionArn,
      InvocationType: 'Event',
      DurableExecutionName: executionName,
      Payload: JSON.stringify({ jobId, turn }),
    }),
  );
};

/** Runs every minute and on every new job: first what crashes left behind, then permits for the heads of the queue. */
export const handler = middy(async () => {
  const recovered = await recoverJobs({ table, limits, bus, startTurn, log, recordMetric });
  const started = await assignPermits({ table, limits, startTurn, log });
  log.info('dispatched', { ...recovered, started });
  return { ...recovered, started };
});
