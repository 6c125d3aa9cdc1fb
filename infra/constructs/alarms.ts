import { Duration, Stack } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { type FunctionName, lambdaName } from '#shared/deployment/names.ts';
import { type MetricName, metricNames, metricNamespace } from '#shared/metrics.ts';

interface AlarmsProps {
  topic: ITopic;
  rotationDays: number;
  /** Keeps what durable functions were started with and could not work off. */
  failures: IQueue;
  /** The functions of the stack. */
  functions: readonly FunctionName[];
  /** Keep the events that could not be delivered. */
  undelivered: Record<keyof typeof undeliveredMeans, IQueue>;
}

interface AlarmDefinition {
  /** Follows the stack's name in the name of the alarm. */
  name: string;
  metric: IMetric;
  /** The alarm goes off at this value and above, or below it if `below` is set. */
  threshold: number;
  below?: true;
  /** What has happened, and what the operator can do. */
  description: string;
}

const tokenSecondsLeftAtLeast = 2 * 3_600;

/** Every alarm of the stack. A missing value is no alarm: a gateway that is not configured yet is silent. */
export class Alarms extends Construct {
  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const { stackName } = Stack.of(this);
    const definitions = [
      ...rotationAlarms(stackName, props.rotationDays),
      ...generationAlarms(stackName),
      ...executionAlarms(stackName),
      ...functionAlarms(stackName, props.functions),
      ...(props.functions.includes('caller-token') ? callerAlarms(stackName) : []),
      ...undeliveredAlarms(props.undelivered),
      ...failureAlarms(stackName, props.failures),
    ];
    const action = new SnsAction(props.topic);
    for (const { name, metric, threshold, below, description } of definitions) {
      new Alarm(this, name, {
        alarmName: `${stackName}-${name}`,
        alarmDescription: description,
        metric,
        threshold,
        comparisonOperator: below
          ? ComparisonOperator.LESS_THAN_THRESHOLD
          : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        evaluationPeriods: 1,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      }).addAlarmAction(action);
    }
  }
}

const rotationAlarms = (stackName: string, rotationDays: number): AlarmDefinition[] => [
  {
    name: 'rotation-failed',
    metric: gatewayMetric(stackName, metricNames.rotationFailed, Duration.minutes(5)),
    threshold: 1,
    description:
      'A rotation of the client secret failed. The current secret still works; GET /health/details has the reason.',
  },
  {
    name: 'rotation-overdue',
    metric: gatewayMetric(stackName, metricNames.rotationAgeDays, Duration.days(1), Stats.MAXIMUM),
    threshold: 2 * rotationDays,
    description: `The client secret is older than twice the interval of ${rotationDays} days; rotations do not succeed.`,
  },
  {
    name: 'foreign-secret-found',
    metric: gatewayMetric(stackName, metricNames.foreignSecretFound, Duration.minutes(5)),
    threshold: 1,
    description:
      'Adobe lists a client secret that the gateway did not make; GET /health/details names it. It is not deleted.',
  },
  {
    name: 'orphan-secret-found',
    metric: gatewayMetric(stackName, metricNames.orphanSecretFound, Duration.minutes(5)),
    threshold: 1,
    description: 'An interrupted rotation left a client secret at Adobe; the gateway deletes it by itself.',
  },
  {
    name: 'previous-secret-in-use',
    metric: gatewayMetric(stackName, metricNames.previousSecretStillInUse, Duration.minutes(5)),
    threshold: 1,
    description:
      'The previous client secret is still used after its grace; GET /health/details names it. It is not deleted.',
  },
  {
    name: 'token-expires-soon',
    metric: gatewayMetric(stackName, metricNames.tokenSecondsLeft, Duration.hours(1), Stats.MINIMUM),
    threshold: tokenSecondsLeftAtLeast,
    below: true,
    description:
      'The access token has less than two hours left; token refreshes do not succeed. See GET /health/details.',
  },
];

const generationAlarms = (stackName: string): AlarmDefinition[] => [
  {
    name: 'queue-paused',
    metric: gatewayMetric(stackName, metricNames.queuePaused, Duration.minutes(5)),
    threshold: 1,
    description: 'Adobe refuses all work (quota exhausted, or a fresh token refused). Jobs wait and none is lost.',
  },
  {
    name: 'submit-outcome-unknown',
    metric: gatewayMetric(stackName, metricNames.submitOutcomeUnknown, Duration.minutes(5)),
    threshold: 1,
    description: "The answer to a submit was lost: Adobe may have billed a job that failed here. It isn't sent again.",
  },
  {
    name: 'job-set-aside',
    metric: gatewayMetric(stackName, metricNames.jobsSetAside, Duration.minutes(5)),
    threshold: 1,
    description:
      'The record of a job could not be updated any more; it was ended as job_unprocessable, the queue goes on.',
  },
  {
    name: 'event-refused',
    metric: gatewayMetric(stackName, metricNames.eventsRefused, Duration.minutes(5)),
    threshold: 1,
    description:
      'An event on the bus was not written by this gateway; no webhook was told. The log of notify says why.',
  },
  {
    name: 'batch-set-aside',
    metric: gatewayMetric(stackName, metricNames.batchesSetAside, Duration.minutes(5)),
    threshold: 1,
    description: 'The record of a batch could not be updated any more; it was refused as batch_unprocessable.',
  },
  {
    name: 'end-set-aside',
    metric: gatewayMetric(stackName, metricNames.endsSetAside, Duration.minutes(5)),
    threshold: 1,
    description:
      'The end of a job or batch could not be published: nobody was told of it. The log of dispatch names it.',
  },
  {
    name: 'item-unreadable',
    metric: gatewayMetric(stackName, metricNames.itemsUnreadable, Duration.minutes(5)),
    threshold: 1,
    description: 'A record in a table cannot be read and was left out of a list. The log line names its key.',
  },
];

/** The functions whose executions are durable. */
const durableFunctions = ['generate', 'inbox', 'notify'] as const;

const executionAlarms = (stackName: string): AlarmDefinition[] =>
  durableFunctions.flatMap((name) =>
    (['DurableExecutionFailed', 'DurableExecutionTimedOut'] as const).map((metricName) => ({
      name: `${name}-${metricName === 'DurableExecutionFailed' ? 'execution-failed' : 'execution-timed-out'}`,
      metric: lambdaMetric(lambdaName(stackName, name), metricName),
      threshold: 1,
      description: `A durable execution of ${name} died before its work was done. Its history in the Lambda console names the step.`,
    })),
  );

/** By the function that was not started. */
const undeliveredMeans = {
  inbox: 'An event about a new file in the inbox was not delivered: no batch has begun.',
  notify: 'An event about the end of a job or a batch was not delivered: its webhooks get no message.',
} as const;

const undeliveredAlarms = (undelivered: AlarmsProps['undelivered']): AlarmDefinition[] =>
  (['inbox', 'notify'] as const).map((name) => ({
    name: `${name}-undelivered`,
    metric: messagesIn(undelivered[name]),
    threshold: 1,
    description: `${undeliveredMeans[name]} The events are kept in the queue for 14 days.`,
  }));

const messagesIn = (queue: IQueue): Metric =>
  queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5), statistic: Stats.MAXIMUM });

const failureAlarms = (stackName: string, failures: IQueue): AlarmDefinition[] => [
  {
    name: 'event-failed',
    metric: messagesIn(failures),
    threshold: 1,
    description:
      'A durable function could not work off what it was started with. The queue keeps it for 14 days, with the reason.',
  },
  ...durableFunctions.map((name) => ({
    name: `${name}-event-dropped`,
    metric: new MathExpression({
      expression: 'FILL(dropped, 0) + FILL(unsent, 0)',
      usingMetrics: {
        dropped: lambdaMetric(lambdaName(stackName, name), 'AsyncEventsDropped'),
        unsent: lambdaMetric(lambdaName(stackName, name), 'DestinationDeliveryFailures'),
      },
      label: `Events of ${name} that are lost or not in the queue of failures`,
      period: Duration.minutes(5),
    }),
    threshold: 1,
    description: `Lambda gave up starting ${name} with an event, or could not keep one that failed. Look for throttling.`,
  })),
];

const callerAlarms = (stackName: string): AlarmDefinition[] => [
  {
    name: 'caller-tokens-refused',
    metric: gatewayMetric(stackName, metricNames.callerTokensRefused, Duration.minutes(5)),
    threshold: 50,
    description:
      'Many requests for a token had a wrong id or secret: a client with an old secret, or guesses. The log of caller-token names callers that exist.',
  },
];

const functionAlarms = (stackName: string, names: readonly FunctionName[]): AlarmDefinition[] =>
  names.map((name) => ({
    name: `${name}-errors`,
    metric: lambdaMetric(lambdaName(stackName, name), 'Errors'),
    threshold: 1,
    description: `Invocations of ${name} ended with an error; see the log group /aws/lambda/${lambdaName(stackName, name)}.`,
  }));

// The service is the stack's name, so that stages in one account do not mix.
const gatewayMetric = (stackName: string, metricName: MetricName, period: Duration, statistic = Stats.SUM): Metric =>
  new Metric({ namespace: metricNamespace, metricName, dimensionsMap: { service: stackName }, period, statistic });

const lambdaMetric = (functionName: string, metricName: string): Metric =>
  new Metric({
    namespace: 'AWS/Lambda',
    metricName,
    dimensionsMap: { FunctionName: functionName },
    period: Duration.minutes(5),
    statistic: Stats.SUM,
  });
