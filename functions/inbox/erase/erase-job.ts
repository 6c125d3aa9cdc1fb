import { eraseObjects } from '#shared/aws/erase-objects.ts';
import { eraseJob } from '#shared/erasing/erase-job.ts';
import { GatewayError } from '#shared/errors.ts';
import type { Job } from '#shared/jobs/job.ts';
import type { InboxContext } from '../context.ts';

/** The end of a job could not be published, so that its record is still there: its erasure is to be tried again. */
export class JobNotErasedError extends GatewayError {
  constructor(jobId: string) {
    super('job_not_erased', `The end of the job ${jobId} could not be published, so that it is not erased.`);
  }
}

/** Erases all versions of what lies under a prefix of the gateway's bucket. */
export const eraseUnder =
  ({ s3, bucket }: Pick<InboxContext, 's3' | 'bucket'>) =>
  (prefix: string): Promise<number> =>
    eraseObjects(s3, bucket, prefix);

/**
 * Erases a finished job.
 *
 * @throws {JobNotErasedError} if its end could not be published
 */
export const eraseFinishedJob = async (inbox: InboxContext, job: Job): Promise<void> => {
  if (await eraseJob({ ...inbox, eraseObjects: eraseUnder(inbox) }, job)) return;
  throw new JobNotErasedError(job.jobId);
};
