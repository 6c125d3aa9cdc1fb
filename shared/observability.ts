import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { getMetricUnit, type MetricValue, metricNamespace } from './metrics.ts';

/** The part of the logger that the gateway uses. Never pass prompts, tokens or secrets to it. */
export interface Log {
  debug(message: string, fields?: Record<string, unknown>): void;
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}

/** The log of a function, with the middleware that tells its lines apart. */
export interface FunctionLog extends Log {
  /**
   * For `before` of middy: from then on every line of the invocation bears the function's name, its request id and whether it
   * was a cold start, and the given keys. Powertools' own `injectLambdaContext` is not it: by a variable of its environment it
   * logs whole events, and these hold prompts.
   *
   * @param readKeys finds in an event what the invocation is about, such as `jobId`; never a prompt or a secret
   */
  inContext<Event>(
    readKeys?: (event: Event) => Record<string, string | undefined>,
  ): (request: { event: Event; context: InvocationContext | { lambdaContext: InvocationContext } }) => void;
}

type InvocationContext = Parameters<Logger['addContext']>[0];

/** Writes one structured JSON line per call; service and level come from the POWERTOOLS_ variables of Lambda. */
export const createLog = (): FunctionLog => {
  const logger = new Logger();
  return {
    inContext:
      (readKeys) =>
      ({ event, context }) => {
        // An invocation of a durable function that is suspended has no end at which they could be dropped.
        logger.resetKeys();
        logger.addContext('lambdaContext' in context ? context.lambdaContext : context);
        logger.appendKeys(readKeys?.(event) ?? {});
      },
    debug: (message, fields = {}) => logger.debug(message, fields),
    info: (message, fields = {}) => logger.info(message, fields),
    warn: (message, fields = {}) => logger.warn(message, fields),
    error: (message, fields = {}) => logger.error(message, fields),
  };
};

/** Records one value of a metric, with its dimension if it has one. */
export type RecordMetric = (...metric: MetricValue) => void;

/** Emits each value at once in CloudWatch's embedded metric format, so that nothing waits for the end of an invocation. */
export const createRecordMetric = (): RecordMetric => {
  const metrics = new Metrics({ namespace: metricNamespace });
  return (...[name, value, dimension]) => {
    if (dimension !== undefined) metrics.addDimensions(dimension);
    metrics.addMetric(name, getMetricUnit(name), value);
    metrics.publishStoredMetrics();
  };
};
