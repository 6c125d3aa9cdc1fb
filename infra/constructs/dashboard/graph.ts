import { GraphWidget, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { type MetricName, metricNames } from '#shared/metrics.ts';
import { gatewayMetric } from '../metrics.ts';

/** A graph whose axis begins at zero. */
export interface Graph {
  title: string;
  metrics: IMetric[];
  stacked?: boolean;
  /** A line at the value from which on an alarm goes off. */
  alarmAt?: number;
}

/** Columns of a dashboard (CloudWatch). */
export const columns = 24;

/** Graphs side by side over the whole width. */
export const row = (graphs: Graph[]): GraphWidget[] =>
  graphs.map(
    ({ title, metrics, stacked, alarmAt }) =>
      new GraphWidget({
        title,
        left: metrics,
        stacked,
        leftYAxis: { min: 0, showUnits: false },
        leftAnnotations: alarmAt === undefined ? undefined : [{ value: alarmAt, label: 'alarm' }],
        height: 6,
        width: Math.floor(columns / graphs.length),
      }),
  );

/** Metrics with the words of their lines. */
export const labelled = (stackName: string, labels: Partial<Record<MetricName, string>>): IMetric[] =>
  // Object.entries forgets that the keys are names of metrics.
  Object.values(metricNames).flatMap((name) => {
    const label = labels[name];
    return label === undefined ? [] : [gatewayMetric(stackName, name, { label })];
  });
