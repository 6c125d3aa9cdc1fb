import { metricNames } from '#shared/metrics.ts';
import { gatewayMetric } from '../metrics.ts';
import { type AlarmDefinition, countAlarm } from './definition.ts';

/** What may go wrong with jobs, batches and what is told of them. */
export const jobAlarms = (stackName: string): AlarmDefinition[] => [
  countAlarm(
    stackName,
    'queue-paused',
    metricNames.queuePaused,
    'Adobe refuses all work (quota exhausted, or a fresh token refused). Jobs wait and none is lost.',
  ),
  {
    name: 'turns-late',
    metric: gatewayMetric(stackName, metricNames.lateTurns),
    threshold: 10,
    description: 'Ten turns came seconds after their time: functions start late. The limit of Adobe is not used up.',
  },
  countAlarm(
    stackName,
    'submit-outcome-unknown',
    metricNames.submitOutcomeUnknown,
    "The answer to a submit was lost: Adobe may have billed a job that failed here. It isn't sent again.",
  ),
  countAlarm(
    stackName,
    'job-set-aside',
    metricNames.jobsSetAside,
    'The record of a job could not be updated any more; it was ended as job_unprocessable, the queue goes on.',
  ),
  countAlarm(
    stackName,
    'event-refused',
    metricNames.eventsRefused,
    'An event on the bus was not written by this gateway; no webhook was told. The log of notify says why.',
  ),
  countAlarm(
    stackName,
    'batch-set-aside',
    metricNames.batchesSetAside,
    'The record of a batch could not be updated any more; it was refused as batch_unprocessable.',
  ),
  countAlarm(
    stackName,
    'end-set-aside',
    metricNames.endsSetAside,
    'The end of a job or batch could not be published: nobody was told of it. The log of dispatch names it.',
  ),
  countAlarm(
    stackName,
    'item-unreadable',
    metricNames.itemsUnreadable,
    'A record in a table cannot be read and was left out of a list. The log line names its key.',
  ),
];
