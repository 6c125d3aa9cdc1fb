import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import {
  type MetricDimension,
  type MetricName,
  metricDimensions,
  metricNames,
  metricNamespace,
} from '#shared/metrics.ts';
import { gatewayMetric } from '../metrics.ts';
import { type Graph, labelled } from './graph.ts';

const minute = Duration.minutes(1);

/** The queues: what waits, for how long, what is let through, and what Adobe refuses. */
export const laneGraphs = (stackName: string, lanes: readonly string[]): Graph[] => {
  const ofEach = (name: MetricName, statistic: string): IMetric[] =>
    lanes.map((lane) => {
      const dimension: MetricDimension = { lane };
      return gatewayMetric(stackName, name, { dimension, period: minute, statistic, label: lane });
    });
  return [
    { title: 'Jobs that wait, by lane', metrics: ofEach(metricNames.jobsWaiting, Stats.MAXIMUM) },
    { title: 'The longest wait in s, by lane', metrics: ofEach(metricNames.oldestWaitingSeconds, Stats.MAXIMUM) },
    { title: 'Permits used a minute, by lane', metrics: ofEach(metricNames.turnsStarted, Stats.SUM) },
    {
      title: '429 of Adobe, by lane, and late turns of all',
      metrics: [
        ...ofEach(metricNames.rateLimited, Stats.SUM),
        gatewayMetric(stackName, metricNames.lateTurns, { period: minute, label: 'late turns' }),
      ],
    },
  ];
};

const ends = {
  [metricNames.jobsSucceeded]: 'succeeded',
  [metricNames.jobsPartiallySucceeded]: 'in part',
  [metricNames.jobsFailed]: 'failed',
  [metricNames.jobsCancelled]: 'cancelled',
  [metricNames.jobsTimedOut]: 'timed out',
};

const troubles = {
  [metricNames.queuePaused]: 'queue paused',
  [metricNames.submitOutcomeUnknown]: 'answer lost',
  [metricNames.jobsSetAside]: 'jobs set aside',
  [metricNames.batchesSetAside]: 'batches set aside',
  [metricNames.endsSetAside]: 'ends set aside',
  [metricNames.itemsUnreadable]: 'unreadable',
  [metricNames.budgetExceeded]: 'budgets used up',
};

/** How jobs end, what they cost, and what an operator should look at. */
export const jobGraphs = (stackName: string): Graph[] => [
  { title: 'Jobs by their end', metrics: labelled(stackName, ends), stacked: true },
  { title: 'Cost in Operations an hour, by operation', metrics: [operations(stackName)], stacked: true },
  { title: 'Should not happen', metrics: labelled(stackName, troubles) },
];

/** One line for each operation that has cost something: nobody has to list them here. */
const operations = (stackName: string): IMetric => {
  const dimension = metricDimensions[metricNames.operations];
  return new MathExpression({
    expression: `SEARCH('{${metricNamespace},${dimension},service} MetricName="${metricNames.operations}" service="${stackName}"', 'Sum', 3600)`,
    label: '',
    period: Duration.hours(1),
  });
};
