import type { Job } from '#shared/jobs/job.ts';
import { type Requeue, requeue } from '#shared/jobs/lanes/turn.ts';
import { metricNames } from '#shared/metrics.ts';
import type { Parts } from './context.ts';

/**
 * What the submit led to: Adobe has the job; the turn was given up (`dispatchNow` if another job, or this one, may get a
 * permit right away); or the turn is over, and with it perhaps the job.
 */
export type Submitted = { kind: 'at_adobe' } | { kind: 'requeued'; dispatchNow: boolean } | { kind: 'over' };

/** Puts a job back into the queue; if its caller has cancelled it meanwhile it is over, and its end can be announced. */
export const requeueTurn = async (
  { table, recordMetric }: Parts,
  job: Job,
  end: Requeue & { dispatchNow: boolean },
): Promise<Submitted> => {
  const { dispatchNow, ...turnEnd } = end;
  const put = await requeue(table, job, turnEnd);
  if (put?.state !== 'cancelled') return { kind: 'requeued', dispatchNow };
  recordMetric(metricNames.jobsCancelled, 1);
  return { kind: 'over' };
};
