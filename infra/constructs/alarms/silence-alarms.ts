import { Duration } from 'aws-cdk-lib';
import { metricNames, type ScheduledRun, scheduledRuns } from '#shared/metrics.ts';
import { gatewayMetric } from '../metrics.ts';
import type { AlarmDefinition } from './definition.ts';

interface Silence {
  /** Into how many stretches the longest silence is divided: CloudWatch looks at each of them. */
  periods: number;
  period: Duration;
  description: string;
}

// CloudWatch looks back a little further than the periods of an alarm, so that each goes off some periods later than it says.
const silences: Record<ScheduledRun, Silence> = {
  dispatch: {
    periods: 10,
    period: Duration.minutes(1),
    description:
      'No run of dispatch, which is due every minute, has succeeded for ten minutes: jobs wait. See the log of dispatch, its throttles and its schedule.',
  },
  'token-refresh': {
    periods: 12,
    period: Duration.minutes(15),
    description:
      'No run of token-refresh, which is due every hour, has succeeded for three hours. GET /health/details and the log of token-refresh have the reason; if it did not run at all, see its schedule.',
  },
  'rotation-check': {
    // The schedule may be an hour late, and Lambda may take minutes for a retry.
    periods: 27,
    period: Duration.hours(1),
    description:
      'The daily look at the client secrets, due at 12:00 UTC, has not succeeded. GET /health/details and the log of secret-rotation have the reason; if it did not run at all, see its schedule.',
  },
};

/** What should have run and did not, or failed each time. */
export const silenceAlarms = (stackName: string): AlarmDefinition[] =>
  scheduledRuns.map((run) => {
    const { periods, period, description } = silences[run];
    return {
      name: `${run}-silent`,
      metric: gatewayMetric(stackName, metricNames.runsCompleted, { period, dimension: { run } }),
      threshold: 1,
      below: true,
      silentPeriods: periods,
      description,
    };
  });
