import { Duration } from 'aws-cdk-lib';
import { type IMetric, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { type MetricDimension, type MetricName, metricNamespace } from '#shared/metrics.ts';

/** One alarm of the stack. */
export interface AlarmDefinition {
  /** Follows the stack's name in the name of the alarm. */
  name: string;
  metric: IMetric;
  /** The alarm goes off at this value and above, or below it if `below` is set. */
  threshold: number;
  below?: true;
  /** So many periods without a value raise the alarm. By default a missing value is none. */
  silentPeriods?: number;
  /** What has happened, and what the operator can do. */
  description: string;
}

/** A metric that the functions write. The service is the stack's name, so that stages in one account do not mix. */
export const gatewayMetric = (
  stackName: string,
  metricName: MetricName,
  { period, statistic = Stats.SUM, dimension }: { period: Duration; statistic?: string; dimension?: MetricDimension },
): Metric =>
  new Metric({
    namespace: metricNamespace,
    metricName,
    dimensionsMap: { service: stackName, ...dimension },
    period,
    statistic,
  });

/** An alarm that goes off whenever a metric counts something, within five minutes. */
export const countAlarm = (
  stackName: string,
  name: string,
  metricName: MetricName,
  description: string,
): AlarmDefinition => ({
  name,
  metric: gatewayMetric(stackName, metricName, { period: Duration.minutes(5) }),
  threshold: 1,
  description,
});

/** A metric that Lambda writes of one function, summed over five minutes. */
export const lambdaMetric = (functionName: string, metricName: string): Metric =>
  new Metric({
    namespace: 'AWS/Lambda',
    metricName,
    dimensionsMap: { FunctionName: functionName },
    period: Duration.minutes(5),
    statistic: Stats.SUM,
  });
