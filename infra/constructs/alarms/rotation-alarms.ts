import { Duration } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { metricNames } from '#shared/metrics.ts';
import { type AlarmDefinition, gatewayMetric } from './definition.ts';

const tokenSecondsLeftAtLeast = 2 * 3_600;

/** What may go wrong with the client secret and the access token. */
export const rotationAlarms = (stackName: string, rotationDays: number): AlarmDefinition[] => [
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
  {
    // Counted with each new token, so that most periods of minutes would have no value.
    name: 'services-not-granted',
    metric: gatewayMetric(stackName, metricNames.servicesNotGranted, Duration.days(1), Stats.MAXIMUM),
    threshold: 1,
    description:
      'Adobe does not let the credential use a service that is on; its jobs wait. GET /health/details names the product to add.',
  },
];
