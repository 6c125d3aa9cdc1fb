import type { Resource } from './synthesise.ts';

/** The values of a metric by their age in periods, the most recent one first; undefined where there is none. */
export type Series = readonly (number | undefined)[];

/** What CloudWatch evaluates: an alarm's own metric, or those of its expression by their ids. */
export type AlarmData = (metricName: string) => Series;

interface AlarmProperties {
  MetricName?: string;
  Metrics?: { Id: string; Expression?: string; MetricStat?: { Metric: { MetricName: string } } }[];
  ComparisonOperator: string;
  Threshold: number;
  EvaluationPeriods: number;
  DatapointsToAlarm?: number;
  TreatMissingData: string;
}

// CloudWatch retrieves more periods than it evaluates; its documentation shows two more, and names no number.
const furtherPeriods = 2;

/**
 * The state of an alarm as CloudWatch's documentation has it ("Configuring how CloudWatch alarms treat missing data"): where enough values
 * exist in the range, the most recent ones decide; else all that exist, and as many missing ones as are needed to have enough.
 *
 * @throws {Error} for treatments and comparisons that no alarm of the stack has
 */
export const alarmState = (alarm: Resource, data: AlarmData): 'ALARM' | 'OK' => {
  const {
    EvaluationPeriods,
    DatapointsToAlarm = EvaluationPeriods,
    ...properties
  } = alarm.Properties as unknown as AlarmProperties;
  const breaches = compare(properties);
  const values = readValues(properties, data).slice(0, EvaluationPeriods + furtherPeriods);
  const existing = values.filter((value) => value !== undefined).slice(0, EvaluationPeriods);
  const missing = treatMissing(properties) ? EvaluationPeriods - existing.length : 0;
  return existing.filter(breaches).length + missing >= DatapointsToAlarm ? 'ALARM' : 'OK';
};

const readValues = (
  { MetricName, Metrics = [] }: Pick<AlarmProperties, 'MetricName' | 'Metrics'>,
  data: AlarmData,
): Series => {
  if (MetricName !== undefined) return data(MetricName);
  const expression = Metrics.find(({ Expression }) => Expression !== undefined)?.Expression ?? '';
  const terms = expression.split(' + ').map((term) => /^FILL\((\w+), 0\)$/.exec(term)?.[1]);
  const series = terms.map((id) => {
    const metric = Metrics.find(({ Id }) => Id === id)?.MetricStat?.Metric.MetricName;
    if (metric === undefined) throw new Error(`This test cannot evaluate ${expression}`);
    return data(metric);
  });
  return (series[0] ?? []).map((_, index) => series.reduce((sum, values) => sum + (values[index] ?? 0), 0));
};

const compare = ({ ComparisonOperator, Threshold }: Pick<AlarmProperties, 'ComparisonOperator' | 'Threshold'>) => {
  if (ComparisonOperator === 'LessThanThreshold') return (value: number) => value < Threshold;
  if (ComparisonOperator === 'GreaterThanOrEqualToThreshold') return (value: number) => value >= Threshold;
  throw new Error(`This test does not know ${ComparisonOperator}`);
};

const treatMissing = ({ TreatMissingData }: Pick<AlarmProperties, 'TreatMissingData'>): boolean => {
  if (TreatMissingData === 'breaching') return true;
  if (TreatMissingData === 'notBreaching') return false;
  throw new Error(`This test does not know ${TreatMissingData}`);
};
