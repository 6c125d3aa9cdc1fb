import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  getMetricUnit,
  type MetricName,
  type MetricValue,
  metricDimensions,
  metricNames,
  metricNamespace,
  scheduledRuns,
} from '#shared/metrics.ts';
import { createRecordMetric } from '#shared/observability.ts';
import { filesMatching, read } from '../repository/repository.ts';

const dimensions: Partial<Record<MetricName, string>> = metricDimensions;
const values: Record<string, string> = { run: scheduledRuns[0], lane: 'firefly', operation: 'images/generate' };

/** A value of each metric, as functions record it. */
const recorded = Object.values(metricNames).map((name) => {
  const dimension = dimensions[name];
  return { name, dimension, value: dimension === undefined ? undefined : { [dimension]: values[dimension] } };
});

describe('the metrics', () => {
  let lines: string[];
  beforeEach(() => {
    lines = [];
    vi.stubEnv('POWERTOOLS_SERVICE_NAME', 'firefly-gateway-test');
    vi.spyOn(process.stdout, 'write').mockImplementation((line) => {
      lines.push(String(line));
      return true;
    });
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });

  it.each(recorded)(
    '$name goes to CloudWatch at once, by the stage and its own dimension',
    ({ name, dimension, value }) => {
      createRecordMetric()(...([name, 3, value] as MetricValue));
      vi.restoreAllMocks();
      expect(lines).toHaveLength(1);
      expect(JSON.parse(lines[0] ?? '')).toMatchObject({
        _aws: {
          CloudWatchMetrics: [
            {
              Namespace: metricNamespace,
              Dimensions: [dimension === undefined ? ['service'] : ['service', dimension]],
              Metrics: [{ Name: name, Unit: getMetricUnit(name) }],
            },
          ],
        },
        service: 'firefly-gateway-test',
        ...value,
      });
    },
  );

  it('of one value leave nothing for the next', () => {
    const recordMetric = createRecordMetric();
    recordMetric(metricNames.jobsWaiting, 2, { lane: 'firefly' });
    recordMetric(metricNames.jobsFailed, 1);
    vi.restoreAllMocks();
    expect(JSON.parse(lines[1] ?? '')).not.toHaveProperty('lane');
  });

  it('are all written by some function', () => {
    const files = ['functions/**/*.ts', 'shared/**/*.ts'].flatMap(filesMatching);
    const sources = files.map((path) => (path === 'shared/metrics.ts' ? '' : read(path))).join();
    expect(Object.keys(metricNames).filter((name) => !sources.includes(`metricNames.${name}`))).toEqual([]);
  });
});
