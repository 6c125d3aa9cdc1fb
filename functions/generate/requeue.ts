import type { Job } from '#shared/jobs/job.ts';
import { type PutBack, putBack } from '#shared/jobs/turn.ts';
import { metricNames } from '#shared/metrics.ts';
import type { Parts } from './context.ts';

/**
 * What the submit led to: Adobe has the job; the turn was given up (`dispatchNow` if another job, or this one, may get a
 * permit right away); or the turn is over, and with it perhaps the job.
 */
export type Submitted = { kind: 'at_adobe' } | { kind: 'given_up'; dispatchNow: boolean } | { kind: 'over' };

/** Puts a job back into the queue; if its caller has cancelled it meanwhile it is over, and its end can be announced. */
export const giveBack = async (
  { table, limits, recordMetric }: Parts,
  job: Job,
  end: PutBack & { dispatchNow: boolean },
): Promise<Submitted> => {
  const { dispatchNow, ...turnEnd } = end;
  const put = await putBack(table, limits, job, turnEnd);
  if (put?.state !== 'cancelled') return { kind: 'given_up', dispatchNow };
  recordMetric(metricNames.jobsCancelled, 1);
  return { kind: 'over' };
};
