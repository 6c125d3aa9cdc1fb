import type { Job, JobState } from '#shared/jobs/job.ts';
import { isOfRecord, setAsideJob, unknownOutcome } from '#shared/jobs/set-aside.ts';
import { metricNames } from '#shared/metrics.ts';
import { tryPublishEnded } from '#shared/outbox/publish-ended.ts';
import type { DispatchContext } from './context.ts';

// Adobe may have taken the job: its caller must not be told to send it again.
const mayBeBilled: readonly JobState[] = ['submitting', 'running', 'storing'];

/**
 * Deals with the failure of one job, so that the jobs after it have their turn: a job whose record cannot be written any more
 * is ended, any other failure is left to the next run. Never throws.
 *
 * @returns whether the failure is of the job's record: no turn of it is under way
 */
export const setAside = async (
  { table, bus, log, recordMetric }: Pick<DispatchContext, 'table' | 'bus' | 'log' | 'recordMetric'>,
  job: Job,
  error: unknown,
): Promise<boolean> => {
  const { jobId } = job;
  if (!isOfRecord(error)) {
    log.error('A job could not be handled; the next run tries again.', { jobId, error: String(error) });
    return false;
  }
  log.error('The record of a job cannot be read or updated any more; the job is ended.', {
    jobId,
    error: String(error),
  });
  try {
    const ended = await setAsideJob(table, job, mayBeBilled.includes(job.state) ? unknownOutcome : undefined);
    if (ended !== undefined) {
      recordMetric(metricNames.jobsSetAside, 1);
      recordMetric(metricNames.jobsFailed, 1);
      await tryPublishEnded({ table, bus, log, recordMetric }, ended);
    }
  } catch (failure) {
    log.error('A job could not be set aside; the next run tries again.', { jobId, error: String(failure) });
  }
  return true;
};
