import { announce } from '#shared/jobs/events.ts';
import type { Job } from '#shared/jobs/job.ts';
import type { Gateway } from './gateway.ts';

/**
 * Publishes the end of a job.
 *
 * @returns false if that failed: the next dispatch does it
 */
export const announceEnd = async (
  { table, bus, log }: Pick<Gateway, 'table' | 'bus' | 'log'>,
  job: Job,
): Promise<boolean> => {
  try {
    await announce(table, bus, job);
    return true;
  } catch (error) {
    const name = error instanceof Error ? error.name : 'unknown';
    log.warn('The end of a job could not be announced.', { jobId: job.jobId, error: name });
    return false;
  }
};
