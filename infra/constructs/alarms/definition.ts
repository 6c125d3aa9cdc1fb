import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import type { MetricName } from '#shared/metrics.ts';
import { gatewayMetric } from '../metrics.ts';

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

/** An alarm that goes off whenever a metric counts something, within five minutes. */
export const countAlarm = (
  stackName: string,
  name: string,
  metricName: MetricName,
  description: string,
): AlarmDefinition => ({
  name,
  metric: gatewayMetric(stackName, metricName),
  threshold: 1,
  description,
});
