import * as z from 'zod';
import { ofType, only, type Resource } from './synthesise.ts';

/** A metric that a dashboard shows or an alarm watches; a value of a dimension is `*` where a search takes any. */
export interface ShownMetric {
  namespace: string;
  name: string;
  dimensions: Record<string, string>;
}

const widgetSchema = z.object({
  type: z.string(),
  x: z.int(),
  y: z.int(),
  width: z.int(),
  height: z.int(),
  properties: z.looseObject({
    metrics: z.array(z.array(z.union([z.string(), z.looseObject({ expression: z.string().optional() })]))).optional(),
    alarms: z.array(z.string()).optional(),
  }),
});

const joinSchema = z.object({
  'Fn::Join': z.tuple([
    z.string(),
    z.array(
      z.union([
        z.string(),
        z.object({ Ref: z.string() }),
        z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.string()]) }),
      ]),
    ),
  ]),
});

/** The text of a value of the template: a reference is written as the logical id, an attribute with its name behind a dot. */
const readText = (value: unknown): string => {
  if (typeof value === 'string') return value;
  const [separator, parts] = joinSchema.parse(value)['Fn::Join'];
  return parts
    .map((part) => {
      if (typeof part === 'string') return part;
      return 'Ref' in part ? part.Ref : part['Fn::GetAtt'].join('.');
    })
    .join(separator);
};

/** The one dashboard of a template: what it shows, and where its widgets lie. */
export const readDashboard = (resources: Record<string, Resource>) => {
  const { DashboardBody, DashboardName } = only(resources, 'AWS::CloudWatch::Dashboard').Properties;
  const { widgets } = z.object({ widgets: z.array(widgetSchema) }).parse(JSON.parse(readText(DashboardBody)));
  return {
    name: String(DashboardName),
    boxes: widgets,
    alarms: widgets.flatMap(({ properties }) => properties.alarms ?? []),
    metrics: widgets.flatMap(({ properties }) => properties.metrics ?? []).map(readLine),
  };
};

/** A line of a graph: namespace, name and dimensions one behind the other, or an expression. */
const readLine = (line: (string | { expression?: string })[]): ShownMetric => {
  const [first] = line;
  if (typeof first === 'object') return readSearch(first.expression ?? '');
  const [namespace = '', name = '', ...rest] = line.filter((part) => typeof part === 'string');
  const dimensions = Object.fromEntries(
    rest.flatMap((key, index) => (index % 2 === 0 ? [[key, rest[index + 1] ?? '']] : [])),
  );
  return { namespace, name, dimensions };
};

const readSearch = (expression: string): ShownMetric => {
  const [, schema = '', terms = ''] = /^SEARCH\('\{([^}]+)\} (.+)', '\w+', \d+\)$/.exec(expression) ?? [];
  const [namespace = '', ...names] = schema.split(',');
  const { MetricName: name = '', ...given } = Object.fromEntries(
    [...terms.matchAll(/(\w+)="([^"]+)"/g)].map(([, key = '', value = '']) => [key, value]),
  );
  return { namespace, name, dimensions: Object.fromEntries(names.map((key) => [key, given[key] ?? '*'])) };
};

const alarmSchema = z.object({
  Namespace: z.string(),
  MetricName: z.string(),
  Dimensions: z.array(z.object({ Name: z.string(), Value: z.unknown() })).default([]),
});

/** What the alarms of a template watch. */
export const alarmMetrics = (resources: Record<string, Resource>): ShownMetric[] =>
  ofType(resources, 'AWS::CloudWatch::Alarm').flatMap(({ Properties }) => {
    const expressions = z.array(z.object({ MetricStat: z.object({ Metric: alarmSchema }).optional() })).optional();
    const parts = expressions.parse(Properties['Metrics'])?.flatMap(({ MetricStat }) => MetricStat?.Metric ?? []);
    return (parts ?? [alarmSchema.parse(Properties)]).map(({ Namespace, MetricName, Dimensions }) => ({
      namespace: Namespace,
      name: MetricName,
      dimensions: Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, readAttribute(Value)])),
    }));
  });

const readAttribute = (value: unknown): string => {
  const attribute = z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.string()]) }).safeParse(value);
  return attribute.success ? attribute.data['Fn::GetAtt'].join('.') : readText(value);
};
