import { getCancelPath, operationOf, serviceOf } from '#shared/adobe/services/registry.ts';
import { tryTriggerDispatch } from '#shared/aws/invoke-functions.ts';
import type { Job } from '#shared/jobs/job.ts';
import { cancelJob } from '#shared/jobs/lanes/cancel.ts';
import { tryPublishEnded } from '#shared/outbox/publish-ended.ts';
import type { ApiContext } from '../context.ts';
import { ProblemError } from '../http/problem.ts';
import { unknownJob } from './get.ts';

/**
 * Cancels a job: a waiting one ends at once, one at Adobe is cancelled there.
 *
 * @param record writes down that it was
 * @throws {ProblemError} 409 if it has ended or its service cannot cancel what it has begun, 404 if it is gone
 */
export const cancelFoundJob = async (
  context: ApiContext,
  found: Job,
  record: () => void | Promise<void>,
): Promise<void> => {
  const cancellation = await cancelJob(context.table, found);
  if (cancellation === undefined) throw unknownJob();
  const { outcome, job } = cancellation;
  if (outcome === 'too_late') throw tooLate(job);
  if (outcome === 'requested' && getCancelPath(operationOf(job)) === undefined) throw notCancellable(job);
  await record();
  if (outcome === 'cancelled') {
    await tryPublishEnded(context, job);
    if (job.submitAt !== undefined) await tryTriggerDispatch(context);
  }
};

const notCancellable = (job: Job): ProblemError => {
  const { title } = serviceOf(operationOf(job));
  const message = `${title} cannot cancel jobs, and Adobe has this one, or may have. Should Adobe refuse it, it is not sent again.`;
  return new ProblemError(409, 'cancel_not_supported', message);
};

const tooLate = ({ state }: Job): ProblemError => {
  switch (state) {
    case 'cancelled':
      return new ProblemError(409, 'job_already_canceled', 'The job is cancelled already.');
    case 'timed_out':
      return new ProblemError(409, 'job_timeout', 'The job has timed out.');
    case 'storing':
      return new ProblemError(409, 'job_completed', 'Adobe has finished the job; its outputs are being stored.');
    default:
      return new ProblemError(409, 'job_completed', 'The job has finished.');
  }
};
