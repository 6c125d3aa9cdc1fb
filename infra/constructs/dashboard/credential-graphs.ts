import { Duration } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { metricNames, scheduledRuns } from '#shared/metrics.ts';
import { minTokenSecondsLeft, overdueDays } from '../alarms/rotation-alarms.ts';
import { gatewayMetric } from '../metrics.ts';
import { type Graph, labelled } from './graph.ts';

const hour = Duration.hours(1);
const day = Duration.days(1);

/** What is wrong with client secrets and rights, by the words of its line. */
const troubles = {
  [metricNames.rotationFailed]: 'rotation failed',
  [metricNames.foreignSecretFound]: 'foreign secret',
  [metricNames.orphanSecretFound]: 'orphan secret',
  [metricNames.previousSecretStillInUse]: 'previous secret in use',
  [metricNames.servicesNotGranted]: 'services not granted',
  [metricNames.callerTokensRefused]: "callers' tokens refused",
};

/** The token, the client secret, and whether what runs by the clock does run. */
export const credentialGraphs = (stackName: string, rotationDays: number): Graph[] => [
  {
    title: 'Seconds left on the access token',
    metrics: [gatewayMetric(stackName, metricNames.tokenSecondsLeft, { period: hour, statistic: Stats.MINIMUM })],
    alarmAt: minTokenSecondsLeft,
  },
  {
    title: 'Age of the client secret in days',
    metrics: [gatewayMetric(stackName, metricNames.rotationAgeDays, { period: day, statistic: Stats.MAXIMUM })],
    alarmAt: overdueDays(rotationDays),
  },
  {
    title: 'Runs by the clock that ended well, an hour',
    metrics: scheduledRuns.map((run) =>
      gatewayMetric(stackName, metricNames.runsCompleted, { dimension: { run }, period: hour, label: run }),
    ),
  },
  { title: 'Secrets and rights: should not happen', metrics: labelled(stackName, troubles) },
];
