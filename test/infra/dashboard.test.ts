import { beforeAll, describe, expect, it } from 'vitest';
import { functionNames } from '#shared/deployment/names.ts';
import { getLaneLimits } from '#shared/deployment/services.ts';
import { settingsSchema } from '#shared/deployment/settings.ts';
import { type MetricName, metricDimensions, metricNames, metricNamespace, scheduledRuns } from '#shared/metrics.ts';
import { accountKeyArn } from './key-permissions.ts';
import { alarmMetrics, readDashboard, type ShownMetric } from './shown-metrics.ts';
import { ofType, synthesise } from './synthesise.ts';

const stackName = 'firefly-gateway-test';
const services = { firefly: {}, photoshop: {}, substance: {} };
const { resources } = synthesise({ services });

/** What Lambda itself writes of a function, as AWS documents it ("Types of metrics for Lambda functions"). */
const lambdaMetrics = [
  'AsyncEventsDropped',
  'ConcurrentExecutions',
  'DestinationDeliveryFailures',
  'Duration',
  'DurableExecutionFailed',
  'DurableExecutionTimedOut',
  'Errors',
  'Throttles',
];

const ownDimensions: Partial<Record<MetricName, string>> = metricDimensions;
const dimensionValues: Record<string, readonly string[]> = {
  lane: Object.keys(getLaneLimits(settingsSchema().parse({ services }))),
  run: scheduledRuns,
};

/** Why nothing in the stack writes a metric; undefined if something does. */
const findFault = ({ namespace, name, dimensions }: ShownMetric): string | undefined => {
  const { service, FunctionName = '', QueueName = '', ApiId = '', ...others } = dimensions;
  if (namespace === metricNamespace) {
    const known = Object.values(metricNames).find((metric) => metric === name);
    if (known === undefined || service !== stackName) return 'no function writes it';
    const dimension = ownDimensions[known];
    const [[given, value] = [undefined, ''], ...more] = Object.entries(others);
    if (given !== dimension || more.length > 0) return `its dimension is ${dimension}`;
    return given === undefined || value === '*' || dimensionValues[given]?.includes(value) ? undefined : `no ${given}`;
  }
  if (Object.keys(others).length > 0) return 'has dimensions of another';
  if (namespace === 'AWS/Lambda') {
    const functions = ofType(resources, 'AWS::Lambda::Function').map(({ Properties }) => Properties['FunctionName']);
    return functions.includes(FunctionName) && lambdaMetrics.includes(name) ? undefined : 'Lambda has no such metric';
  }
  if (namespace === 'AWS/SQS') {
    return resources[QueueName.split('.')[0] ?? '']?.Type === 'AWS::SQS::Queue' ? undefined : 'there is no such queue';
  }
  if (namespace === 'AWS/ApiGateway') {
    const isKnown =
      resources[ApiId]?.Type === 'AWS::ApiGatewayV2::Api' && ['Count', '4xx', '5xx', 'Latency'].includes(name);
    return isKnown ? undefined : 'the API has no such metric';
  }
  return 'nothing writes into that namespace';
};

const faultsOf = (metrics: readonly ShownMetric[]) =>
  metrics.flatMap((metric) => {
    const fault = findFault(metric);
    return fault === undefined ? [] : [{ ...metric, fault }];
  });

describe('the dashboard', () => {
  let dashboard: ReturnType<typeof readDashboard>;
  beforeAll(() => {
    dashboard = readDashboard(resources);
  });

  it('shows metrics that something in the stack writes, by their dimensions', () => {
    expect(faultsOf(dashboard.metrics)).toEqual([]);
  });

  it('shows each lane that is on, and no other', () => {
    const waiting = dashboard.metrics.filter(({ name }) => name === metricNames.jobsWaiting);
    expect(waiting.map(({ dimensions }) => dimensions['lane'])).toEqual(dimensionValues['lane']);
  });

  it('shows every function that the stack has, and every alarm', () => {
    const errors = dashboard.metrics.filter(({ name }) => name === 'Errors');
    expect(errors.map(({ dimensions }) => dimensions['FunctionName'])).toEqual(
      functionNames.map((name) => `${stackName}-${name}`),
    );
    expect(dashboard.alarms).toHaveLength(ofType(resources, 'AWS::CloudWatch::Alarm').length);
  });

  it('fills the grid of CloudWatch without gaps or overlaps', () => {
    const cells = new Map<string, number>();
    for (const { x, y, width, height } of dashboard.boxes) {
      for (let column = x; column < x + width; column += 1) {
        for (let line = y; line < y + height; line += 1) {
          const cell = `${column},${line}`;
          cells.set(cell, (cells.get(cell) ?? 0) + 1);
        }
      }
    }
    const lines = Math.max(...dashboard.boxes.map(({ y, height }) => y + height));
    expect([...cells.values()].every((count) => count === 1)).toBe(true);
    expect(cells.size).toBe(24 * lines);
  });

  it('is named after the stack, and can be left out', () => {
    expect(dashboard.name).toBe(stackName);
    expect(ofType(synthesise({ dashboard: false }).resources, 'AWS::CloudWatch::Dashboard')).toEqual([]);
  });
});

describe('the alarms', () => {
  it('watch metrics that something in the stack writes, by their dimensions', () => {
    const metrics = alarmMetrics(resources);
    expect(metrics.length).toBeGreaterThan(40);
    expect(faultsOf(metrics)).toEqual([]);
  });
});

describe('the template', () => {
  it('stays below the limits of CloudFormation', () => {
    const sizes = [{ services }, { kmsKeyArn: accountKeyArn }].map((settings) => {
      const stage = synthesise(settings);
      const bytes = Buffer.byteLength(JSON.stringify(stage.template.toJSON()));
      return { resources: Object.keys(stage.resources).length, bytes };
    });
    console.info('The template, of at most 500 resources and 1,000,000 bytes:', sizes);
    for (const size of sizes) {
      expect(size.resources).toBeLessThan(400);
      expect(size.bytes).toBeLessThan(800_000);
    }
  });
});
