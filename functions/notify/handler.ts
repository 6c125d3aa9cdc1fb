import type { DurableContext } from '@aws/durable-execution-sdk-js';
import middy from '@middy/core';
import { executionModeDurableContext } from '@middy/core/DurableContext';
import { createDynamoDb, createLambda } from '#shared/aws/clients.ts';
import { createStartExecution } from '#shared/aws/start-execution.ts';
import { systemClock } from '#shared/clock.ts';
import { notifyEnvironment } from '#shared/deployment/support-environments.ts';
import { createLog } from '#shared/observability.ts';
import { retryOwnFailures } from './backoff.ts';
import { createCallWebhook } from './call-webhook.ts';
import type { NotifyContext } from './context.ts';
import { createDeliveries } from './create-deliveries.ts';
import { deliver } from './deliver.ts';
import { readEvent } from './events.ts';

const { webhookTableName, notifyFunctionArn, webhookLoopback } = notifyEnvironment.read(process.env);

// Standard Webhooks: 15 to 30 s.
const timeoutMs = 15_000;

const parts: NotifyContext = {
  table: { dynamoDb: createDynamoDb(), tableName: webhookTableName, clock: systemClock },
  startDelivery: createStartExecution(createLambda(), notifyFunctionArn),
  callWebhook: createCallWebhook({ timeoutMs, allowsLoopback: webhookLoopback === 'allowed' }),
  random: Math.random,
  log: createLog(),
};

/** Tells webhooks of an end, or follows one message until it is delivered; a durable function, resumed at the last finished step. */
export const handler = middy<unknown, unknown, Error, DurableContext>({
  executionMode: executionModeDurableContext,
  // A suspended invocation is over for Lambda while middy's timer would still run.
  timeoutEarlyInMillis: 0,
}).handler(async (event: unknown, context) => {
  const known = readEvent(event);
  if (known.kind === 'delivery') return deliver(context, known.delivery, parts);
  return { webhooks: await context.step('create deliveries', () => createDeliveries(parts, known), retryOwnFailures) };
});
