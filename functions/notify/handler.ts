import type { DurableContext } from '@aws/durable-execution-sdk-js';
import middy from '@middy/core';
import { executionModeDurableContext } from '@middy/core/DurableContext';
import { createDynamoDb, createLambda } from '#shared/aws/clients.ts';
import { createStartExecution } from '#shared/aws/invoke-functions.ts';
import { openTable } from '#shared/aws/table.ts';
import { systemClock } from '#shared/clock.ts';
import { notifyEnvironment } from '#shared/deployment/support-environments.ts';
import { metricNames } from '#shared/metrics.ts';
import { createLog, createRecordMetric } from '#shared/observability.ts';
import type { DeliveryRef } from '#shared/webhooks/webhook.ts';
import { retryOwnFailures } from './backoff.ts';
import { createCallWebhook } from './call-webhook.ts';
import type { NotifyContext } from './context.ts';
import { createDeliveries } from './create-deliveries.ts';
import { deliver } from './deliver.ts';
import { readEvent } from './events.ts';

const { stackName, tableName, webhookTableName, notifyFunctionArn, webhookLoopback } = notifyEnvironment.read(
  process.env,
);

// Standard Webhooks: 15 to 30 s.
const timeoutMs = 15_000;

const log = createLog();
const recordMetric = createRecordMetric();

const tables = { dynamoDb: createDynamoDb(), clock: systemClock, log, recordMetric };

const notify: NotifyContext = {
  table: openTable({ ...tables, tableName: webhookTableName }),
  jobs: openTable({ ...tables, tableName }),
  startDelivery: createStartExecution(createLambda(), notifyFunctionArn),
  callWebhook: createCallWebhook({ timeoutMs, allowsLoopback: webhookLoopback === 'allowed' }),
  random: Math.random,
  log,
};

/**
 * Creates the deliveries of an end to the webhooks of its caller, or delivers one message; a durable function, resumed at the
 * last finished step. An event of another gateway, or of an unknown form, ends with a metric: it would be no better on a retry.
 */
export const handler = middy<{ delivery?: DeliveryRef }, unknown, Error, DurableContext>({
  executionMode: executionModeDurableContext,
  // A suspended invocation is over for Lambda while middy's timer would still run.
  timeoutEarlyInMillis: 0,
})
  .before(log.inContext(({ delivery }) => ({ deliveryId: delivery?.deliveryId })))
  .handler(async (event, context) => {
    const known = readEvent(event, stackName);
    if (known.kind === 'delivery') return deliver(context, known.delivery, notify);
    if (known.kind === 'refused') {
      log.warn('An event was refused: no webhook is told of it.', { reason: known.reason });
      recordMetric(metricNames.eventsRefused, 1);
      return { refused: known.reason };
    }
    return {
      webhooks: await context.step('create deliveries', () => createDeliveries(notify, known), retryOwnFailures),
    };
  });
