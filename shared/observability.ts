import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { type MetricName, metricNamespace } from './metrics.ts';

/** The part of the logger that the gateway uses. Never pass prompts, tokens or secrets to it. */
export interface Log {
  debug(message: string, fields?: Record<string, unknown>): void;
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}

/** Writes one structured JSON line per call; service and level come from the POWERTOOLS_ variables of Lambda. */
export const createLog = (): Log => {
  const logger = new Logger();
  return {
    debug: (message, fields = {}) => logger.debug(message, fields),
    info: (message, fields = {}) => logger.info(message, fields),
    warn: (message, fields = {}) => logger.warn(message, fields),
    error: (message, fields = {}) => logger.error(message, fields),
  };
};

/** Records one value of a metric. */
export type RecordMetric = (name: MetricName, value: number) => void;

/** Emits each value at once in CloudWatch's embedded metric format, so that nothing waits for the end of an invocation. */
export const createRecordMetric = (): RecordMetric => {
  const metrics = new Metrics({ namespace: metricNamespace });
  return (name, value) => {
    metrics.addMetric(name, unitOf(name), value);
    metrics.publishStoredMetrics();
  };
};

const unitOf = (name: MetricName) => (name === 'TokenSecondsLeft' ? MetricUnit.Seconds : MetricUnit.Count);
