import { dispatchNow } from '#shared/aws/invoke-dispatch.ts';
import { announce } from '#shared/jobs/events.ts';
import type { Job } from '#shared/jobs/job.ts';
import type { ApiContext } from '../context.ts';

/**
 * Publishes the end of a job; after the last of a batch its report is asked for at once.
 *
 * @returns false if that failed: the next dispatch does it
 */
export const announceEnd = async (
  context: Pick<ApiContext, 'table' | 'bus' | 'log' | 'triggerDispatch'>,
  job: Job,
): Promise<boolean> => {
  const { table, bus, log } = context;
  try {
    if (await announce(table, bus, job)) await dispatchNow(context);
    return true;
  } catch (error) {
    const name = error instanceof Error ? error.name : 'unknown';
    log.warn('The end of a job could not be announced.', { jobId: job.jobId, error: name });
    return false;
  }
};
