import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { type IMetric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { durableFunctionNames, type FunctionName, lambdaName } from '#shared/deployment/names.ts';
import { lambdaMetric, messagesIn } from '../metrics.ts';
import type { Graph } from './graph.ts';

/** What Lambda says of the functions. */
export const functionGraphs = (stackName: string, functions: readonly FunctionName[]): Graph[] => {
  const ofEach = (metricName: string, statistic?: string): IMetric[] =>
    functions.map((name) => lambdaMetric(lambdaName(stackName, name), metricName, { statistic, label: name }));
  return [
    { title: 'Errors, by function', metrics: ofEach('Errors') },
    { title: 'Throttled invocations, by function', metrics: ofEach('Throttles') },
    { title: 'Duration in ms, the slowest 5 %, by function', metrics: ofEach('Duration', Stats.p(95)) },
    {
      title: 'Concurrent executions, by function',
      metrics: ofEach('ConcurrentExecutions', Stats.MAXIMUM),
      stacked: true,
    },
  ];
};

interface DeliveryProps {
  api: HttpApi;
  failures: IQueue;
  /** Keep the events that could not be delivered, by the function that was not started. */
  undelivered: Readonly<Record<string, IQueue | undefined>>;
}

const durableOutcomes = {
  DurableExecutionFailed: 'failed',
  DurableExecutionTimedOut: 'timed out',
  AsyncEventsDropped: 'dropped',
};

/** What the API answers, which executions died, and what lies in the dead letter queues. */
export const deliveryGraphs = (stackName: string, { api, failures, undelivered }: DeliveryProps): Graph[] => [
  {
    title: 'Answers of the API',
    metrics: [
      api.metricCount({ statistic: Stats.SUM, label: 'all' }),
      api.metricClientError({ statistic: Stats.SUM, label: '4xx' }),
      api.metricServerError({ statistic: Stats.SUM, label: '5xx' }),
    ],
  },
  { title: 'Latency of the API in ms, the slowest 5 %', metrics: [api.metricLatency({ statistic: Stats.p(95) })] },
  {
    title: 'Durable executions that died, events dropped',
    metrics: durableFunctionNames.flatMap((name) =>
      Object.entries(durableOutcomes).map(([metricName, word]) =>
        lambdaMetric(lambdaName(stackName, name), metricName, { label: `${name} ${word}` }),
      ),
    ),
  },
  {
    title: 'Dead letters',
    metrics: [
      messagesIn(failures, 'failures'),
      ...Object.entries(undelivered).flatMap(([name, queue]) =>
        queue === undefined ? [] : [messagesIn(queue, `${name} undelivered`)],
      ),
    ],
  },
];
