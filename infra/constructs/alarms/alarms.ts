import { Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct, type IDependable } from 'constructs';
import type { FunctionName } from '#shared/deployment/names.ts';
import { budgetAlarms, callerTokenAlarms } from './caller-alarms.ts';
import {
  executionAlarms,
  failureAlarms,
  functionAlarms,
  type UndeliveredEvents,
  undeliveredAlarms,
} from './function-alarms.ts';
import { jobAlarms } from './job-alarms.ts';
import { rotationAlarms } from './rotation-alarms.ts';
import { silenceAlarms } from './silence-alarms.ts';

interface AlarmsProps {
  topic: ITopic;
  rotationDays: number;
  /** Keeps what durable functions were started with and could not work off. */
  failures: IQueue;
  /** The functions of the stack. */
  functions: readonly FunctionName[];
  undelivered: UndeliveredEvents;
  /** What starts the runs whose silence is an alarm: they must have begun before CloudWatch looks. */
  starting: readonly IDependable[];
}

/**
 * Every alarm of the stack. Only what runs by the clock must report: elsewhere a missing value is no alarm, as a gateway that is
 * not configured yet, or has nothing to do, is silent.
 */
export class Alarms extends Construct {
  readonly alarms: Alarm[] = [];

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const { stackName } = Stack.of(this);
    const definitions = [
      ...silenceAlarms(stackName),
      ...rotationAlarms(stackName, props.rotationDays),
      ...jobAlarms(stackName),
      ...executionAlarms(stackName),
      ...functionAlarms(stackName, props.functions),
      ...(props.functions.includes('caller-token') ? callerTokenAlarms(stackName) : []),
      ...budgetAlarms(stackName),
      ...undeliveredAlarms(props.undelivered),
      ...failureAlarms(stackName, props.failures),
    ];
    const action = new SnsAction(props.topic);
    for (const { name, metric, threshold, below, silentPeriods, description } of definitions) {
      const alarm = new Alarm(this, name, {
        alarmName: `${stackName}-${name}`,
        alarmDescription: description,
        metric,
        threshold,
        comparisonOperator: below
          ? ComparisonOperator.LESS_THAN_THRESHOLD
          : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        evaluationPeriods: silentPeriods ?? 1,
        treatMissingData: silentPeriods === undefined ? TreatMissingData.NOT_BREACHING : TreatMissingData.BREACHING,
      });
      alarm.addAlarmAction(action);
      this.alarms.push(alarm);
      if (silentPeriods !== undefined) alarm.node.addDependency(...props.starting);
    }
  }
}
