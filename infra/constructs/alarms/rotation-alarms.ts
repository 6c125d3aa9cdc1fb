import { Duration } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { metricNames } from '#shared/metrics.ts';
import { gatewayMetric } from '../metrics.ts';
import { type AlarmDefinition, countAlarm } from './definition.ts';

/** With fewer seconds left on the access token an alarm goes off. */
export const minTokenSecondsLeft = 2 * 3_600;

/** From this age in days on a client secret is overdue: at least two rotations in a row did not succeed. */
export const overdueDays = (rotationDays: number): number => 2 * rotationDays;

/** What may go wrong with the client secret and the access token. */
export const rotationAlarms = (stackName: string, rotationDays: number): AlarmDefinition[] => [
  countAlarm(
    stackName,
    'rotation-failed',
    metricNames.rotationFailed,
    'A rotation of the client secret failed. The current secret still works; GET /health/details has the reason.',
  ),
  {
    name: 'rotation-overdue',
    metric: gatewayMetric(stackName, metricNames.rotationAgeDays, {
      period: Duration.days(1),
      statistic: Stats.MAXIMUM,
    }),
    threshold: overdueDays(rotationDays),
    description: `The client secret is older than twice the interval of ${rotationDays} days; rotations do not succeed.`,
  },
  countAlarm(
    stackName,
    'foreign-secret-found',
    metricNames.foreignSecretFound,
    'Adobe lists a client secret that the gateway did not make; GET /health/details names it. It is not deleted.',
  ),
  countAlarm(
    stackName,
    'orphan-secret-found',
    metricNames.orphanSecretFound,
    'An interrupted rotation left a client secret at Adobe; the gateway deletes it by itself.',
  ),
  countAlarm(
    stackName,
    'previous-secret-in-use',
    metricNames.previousSecretStillInUse,
    'The previous client secret is still used after its grace; GET /health/details names it. It is not deleted.',
  ),
  {
    name: 'token-expires-soon',
    metric: gatewayMetric(stackName, metricNames.tokenSecondsLeft, {
      period: Duration.hours(1),
      statistic: Stats.MINIMUM,
    }),
    threshold: minTokenSecondsLeft,
    below: true,
    description:
      'The access token has less than two hours left; token refreshes do not succeed. See GET /health/details.',
  },
  {
    // Counted with each new token, so that most periods of minutes would have no value.
    name: 'services-not-granted',
    metric: gatewayMetric(stackName, metricNames.servicesNotGranted, {
      period: Duration.days(1),
      statistic: Stats.MAXIMUM,
    }),
    threshold: 1,
    description:
      'Adobe does not let the credential use a service that is on; its jobs wait. GET /health/details names the product to add.',
  },
];
