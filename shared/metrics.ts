/** The CloudWatch namespace of every metric of the gateway. */
export const metricNamespace = 'FireflyGateway';

/** Names of the metrics; alarms and dashboard in infra are built on the same constants. */
export const metricNames = {
  /** 1 each time that a run which the schedule starts has come to its end without a failure. */
  runsCompleted: 'RunsCompleted',
  /** Seconds until the stored access token expires; written at each token refresh. */
  tokenSecondsLeft: 'TokenSecondsLeft',
  /** Services that are on and of which the credential lacks scopes or entitlement; written with each new token. */
  servicesNotGranted: 'ServicesNotGranted',
  /** 1 for each rotation step that failed for good. */
  rotationFailed: 'RotationFailed',
  /** Age of the current client secret in days; written daily. */
  rotationAgeDays: 'RotationAgeDays',
  /** Client secrets at Adobe that this gateway did not make. */
  foreignSecretFound: 'ForeignSecretFound',
  /** Client secrets at Adobe that an interrupted rotation of ours left. */
  orphanSecretFound: 'OrphanSecretFound',
  /** 1 when the previous client secret is still used after its grace. */
  previousSecretStillInUse: 'PreviousSecretStillInUse',
  /** 1 each time the queue was paused because Adobe refuses all work (quota exhausted, token refused). */
  queuePaused: 'QueuePaused',
  /** Turns that came to their submit some seconds after their time, or too late for it: functions start late. */
  lateTurns: 'LateTurns',
  /** Jobs whose submit was sent but whose answer was lost. */
  submitOutcomeUnknown: 'SubmitOutcomeUnknown',
  /** Jobs ended because their record could not be written any more. */
  jobsSetAside: 'JobsSetAside',
  /** Ends that could not be published for good. */
  endsSetAside: 'EndsSetAside',
  /** Batches ended because their record could not be written any more. */
  batchesSetAside: 'BatchesSetAside',
  /** Items of a table that were left out of a list as they cannot be read. */
  itemsUnreadable: 'ItemsUnreadable',
  /** Events that notify refused: of another gateway, or not as this one writes them. */
  eventsRefused: 'EventsRefused',
  /** Attempts to get a token with a wrong id or secret. */
  callerTokensRefused: 'CallerTokensRefused',
  /** Budgets of callers that are used up for their day or month. */
  budgetExceeded: 'BudgetExceeded',
  /** Jobs that wait in a lane, counted up to 1,000; written every minute while there are any. */
  jobsWaiting: 'JobsWaiting',
  /** For how long the oldest of them has waited, in seconds. */
  oldestWaitingSeconds: 'OldestWaitingSeconds',
  /** Turns that dispatch has given to jobs of a lane: permits that are used. */
  turnsStarted: 'TurnsStarted',
  /** Submits that Adobe has answered with 429, by lane. */
  rateLimited: 'RateLimited',
  /** What jobs have cost, in Adobe's Operations, by operation; one value for each job. */
  operations: 'Operations',
  jobsSucceeded: 'JobsSucceeded',
  jobsPartiallySucceeded: 'JobsPartiallySucceeded',
  jobsFailed: 'JobsFailed',
  jobsCancelled: 'JobsCancelled',
  jobsTimedOut: 'JobsTimedOut',
} as const;

/** One of the metric names of the gateway. */
export type MetricName = (typeof metricNames)[keyof typeof metricNames];

/** The dimension, beside the stage, of the metrics that have one. It has few values, and is never a caller. */
export const metricDimensions = {
  [metricNames.runsCompleted]: 'run',
  [metricNames.jobsWaiting]: 'lane',
  [metricNames.oldestWaitingSeconds]: 'lane',
  [metricNames.turnsStarted]: 'lane',
  [metricNames.rateLimited]: 'lane',
  [metricNames.operations]: 'operation',
} as const satisfies Partial<Record<MetricName, string>>;

/** What the schedules start, by the names in the dimension `run`: the alarms notice each that is missing. */
export const scheduledRuns = ['dispatch', 'token-refresh', 'rotation-check'] as const;

/** One of the runs that the schedules start. */
export type ScheduledRun = (typeof scheduledRuns)[number];

interface DimensionValues {
  run: ScheduledRun;
  lane: string;
  operation: string;
}

type Dimensions = typeof metricDimensions;

/** A value of a metric, with its dimension if it has one. */
export type MetricValue =
  | [name: Exclude<MetricName, keyof Dimensions>, value: number, dimension?: undefined]
  | {
      [Name in keyof Dimensions]: [name: Name, value: number, dimension: Pick<DimensionValues, Dimensions[Name]>];
    }[keyof Dimensions];

/** The dimension of a value, for the metrics that have one. */
export type MetricDimension = NonNullable<MetricValue[2]>;

/** The unit of a metric, as CloudWatch names it. */
export const getMetricUnit = (name: MetricName): 'Seconds' | 'Count' =>
  name === metricNames.tokenSecondsLeft || name === metricNames.oldestWaitingSeconds ? 'Seconds' : 'Count';
