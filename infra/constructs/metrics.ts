import { Duration } from 'aws-cdk-lib';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { type MetricDimension, type MetricName, metricNamespace } from '#shared/metrics.ts';

const fiveMinutes = Duration.minutes(5);

/** Which values of a metric are put together, and how. */
interface Aggregation {
  /** By default five minutes. */
  period?: Duration;
  /** By default the sum. */
  statistic?: string;
}

/**
 * A metric that the functions write. The service is the stack's name, so that stages in one account do not mix.
 *
 * @param options.dimension of a metric that has one
 */
export const gatewayMetric = (
  stackName: string,
  metricName: MetricName,
  {
    dimension,
    period = fiveMinutes,
    statistic = Stats.SUM,
    label,
  }: Aggregation & { dimension?: MetricDimension; label?: string } = {},
): Metric =>
  new Metric({
    namespace: metricNamespace,
    metricName,
    dimensionsMap: { service: stackName, ...dimension },
    period,
    statistic,
    label,
  });

/** A metric that Lambda writes of one function. */
export const lambdaMetric = (
  functionName: string,
  metricName: string,
  { statistic = Stats.SUM, label }: Pick<Aggregation, 'statistic'> & { label?: string } = {},
): Metric =>
  new Metric({
    namespace: 'AWS/Lambda',
    metricName,
    dimensionsMap: { FunctionName: functionName },
    period: fiveMinutes,
    statistic,
    label,
  });

/** How many messages a queue keeps. */
export const messagesIn = (queue: IQueue, label?: string): Metric =>
  queue.metricApproximateNumberOfMessagesVisible({ period: fiveMinutes, statistic: Stats.MAXIMUM, label });
