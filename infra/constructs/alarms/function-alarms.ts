import { Duration } from 'aws-cdk-lib';
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { durableFunctionNames, type FunctionName, lambdaName } from '#shared/deployment/names.ts';
import { lambdaMetric, messagesIn } from '../metrics.ts';
import type { AlarmDefinition } from './definition.ts';

/** Durable executions that died. */
export const executionAlarms = (stackName: string): AlarmDefinition[] =>
  durableFunctionNames.flatMap((name) =>
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
  thumbnail: 'An event about a new output was not delivered: its thumbnail is made when somebody asks for it.',
} as const;

/** Keep the events that could not be delivered. */
export type UndeliveredEvents = { readonly [name in keyof typeof undeliveredMeans]?: IQueue };

/** Events that started no function. */
export const undeliveredAlarms = (undelivered: UndeliveredEvents): AlarmDefinition[] =>
  (['inbox', 'notify', 'thumbnail'] as const).flatMap((name) => {
    const queue = undelivered[name];
    if (queue === undefined) return [];
    const description = `${undeliveredMeans[name]} The events are kept in the queue for 14 days.`;
    return [{ name: `${name}-undelivered`, metric: messagesIn(queue), threshold: 1, description }];
  });

/** What functions could not work off, or were never started with. */
export const failureAlarms = (stackName: string, failures: IQueue): AlarmDefinition[] => [
  {
    name: 'event-failed',
    metric: messagesIn(failures),
    threshold: 1,
    description:
      'A function could not work off what it was started with. The queue keeps it for 14 days, with the reason.',
  },
  ...[...durableFunctionNames, 'thumbnail' as const].map((name) => ({
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
