import { Duration } from 'aws-cdk-lib';
import { MathExpression, type Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { type FunctionName, lambdaName } from '#shared/deployment/names.ts';
import { type AlarmDefinition, lambdaMetric } from './definition.ts';

/** The functions whose executions are durable. */
const durableFunctions = ['generate', 'inbox', 'notify'] as const;

/** Durable executions that died. */
export const executionAlarms = (stackName: string): AlarmDefinition[] =>
  durableFunctions.flatMap((name) =>
    (['DurableExecutionFailed', 'DurableExecutionTimedOut'] as const).map((metricName) => ({
      name: `${name}-${metricName === 'DurableExecutionFailed' ? 'execution-failed' : 'execution-timed-out'}`,
      metric: lambdaMetric(lambdaName(stackName, name), metricName),
      threshold: 1,
      description: `A durable execution of ${name} died before its work was done. Its history in the Lambda console names the step.`,
    })),
  );

/** By the function that was not started. */
const undeliveredMeans = {
  inbox: 'An event about a new file in the inbox was not delivered: no batch has begun.',
  notify: 'An event about the end of a job or a batch was not delivered: its webhooks get no message.',
} as const;

/** Keep the events that could not be delivered. */
export type UndeliveredEvents = Record<keyof typeof undeliveredMeans, IQueue>;

/** Events that started no function. */
export const undeliveredAlarms = (undelivered: UndeliveredEvents): AlarmDefinition[] =>
  (['inbox', 'notify'] as const).map((name) => ({
    name: `${name}-undelivered`,
    metric: messagesIn(undelivered[name]),
    threshold: 1,
    description: `${undeliveredMeans[name]} The events are kept in the queue for 14 days.`,
  }));

const messagesIn = (queue: IQueue): Metric =>
  queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5), statistic: Stats.MAXIMUM });

/** What durable functions could not work off, or were never started with. */
export const failureAlarms = (stackName: string, failures: IQueue): AlarmDefinition[] => [
  {
    name: 'event-failed',
    metric: messagesIn(failures),
    threshold: 1,
    description:
      'A durable function could not work off what it was started with. The queue keeps it for 14 days, with the reason.',
  },
  ...durableFunctions.map((name) => ({
    name: `${name}-event-dropped`,
    metric: new MathExpression({
      expression: 'FILL(dropped, 0) + FILL(unsent, 0)',
      usingMetrics: {
        dropped: lambdaMetric(lambdaName(stackName, name), 'AsyncEventsDropped'),
        unsent: lambdaMetric(lambdaName(stackName, name), 'DestinationDeliveryFailures'),
      },
      label: `Events of ${name} that are lost or not in the queue of failures`,
      period: Duration.minutes(5),
    }),
    threshold: 1,
    description: `Lambda gave up starting ${name} with an event, or could not keep one that failed. Look for throttling.`,
  })),
];

/** Invocations that ended with an error. */
export const functionAlarms = (stackName: string, names: readonly FunctionName[]): AlarmDefinition[] =>
  names.map((name) => ({
    name: `${name}-errors`,
    metric: lambdaMetric(lambdaName(stackName, name), 'Errors'),
    threshold: 1,
    description: `Invocations of ${name} ended with an error; see the log group /aws/lambda/${lambdaName(stackName, name)}.`,
  }));
