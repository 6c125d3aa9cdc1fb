import middy from '@middy/core';
import { createDynamoDb, createEventBridge, createLambda } from '#shared/aws/clients.ts';
import { createStartExecution } from '#shared/aws/invoke-functions.ts';
import { openTable } from '#shared/aws/table.ts';
import { systemClock } from '#shared/clock.ts';
import { dispatchEnvironment } from '#shared/deployment/job-environments.ts';
import { getLaneLimits } from '#shared/deployment/services.ts';
import { createLanes } from '#shared/jobs/lanes/lane.ts';
import { toStartedTurn } from '#shared/jobs/started-turn.ts';
import { createLog, createRecordMetric } from '#shared/observability.ts';
import type { DispatchContext, DispatchEvent } from './context.ts';
import { type DispatchReason, dispatch } from './dispatch.ts';
import { limitRuns } from './limit-runs.ts';
import { createServedRequests } from './served-requests.ts';

const environment = dispatchEnvironment.read(process.env);
const { stackName, tableName, eventBusName, gatewayUrl, generateFunctionArn, inboxFunctionArn } = environment;
const log = createLog();
const recordMetric = createRecordMetric();
const table = openTable({ dynamoDb: createDynamoDb(), tableName, clock: systemClock, log, recordMetric });
const lambda = createLambda();
const startGenerate = createStartExecution(lambda, generateFunctionArn);
const startInbox = createStartExecution(lambda, inboxFunctionArn);

const context: DispatchContext = {
  table,
  lanes: createLanes(table, getLaneLimits(environment)),
  bus: { eventBridge: createEventBridge(), eventBusName, stackName, gatewayUrl },
  startTurn: (job, name) => startGenerate(toStartedTurn(job), name),
  startRun: ({ batchId, run }, name) => startInbox({ batchId, run }, name),
  startErasure: ({ erasureId, run }, name) => startInbox({ erasureId, run }, name),
  random: Math.random,
  log,
  recordMetric,
};

const served = createServedRequests(systemClock);
const run = (reason: DispatchReason) => served.note(reason, () => dispatch(context, reason));

/** Runs every minute, and when something new is requested that no run has served yet. */
export const handler = middy<DispatchEvent>()
  .before(log.inContext())
  .handler(async ({ scheduled, ...request }) => {
    if (scheduled === true) return run('scheduled');
    if (served.has(request)) return undefined;
    const reason = request.only ?? 'asked';
    return limitRuns(context, (isAgain) => run(isAgain ? 'asked' : reason));
  });
