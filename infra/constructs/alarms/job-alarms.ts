import { Duration } from 'aws-cdk-lib';
import { metricNames } from '#shared/metrics.ts';
import { type AlarmDefinition, gatewayMetric } from './definition.ts';

/** What may go wrong with jobs, batches and what is told of them. */
export const jobAlarms = (stackName: string): AlarmDefinition[] => [
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
