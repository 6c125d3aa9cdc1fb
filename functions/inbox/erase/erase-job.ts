import { eraseObjects } from '#shared/aws/erase-objects.ts';
import { getItem, removeItem } from '#shared/aws/table.ts';
import { incomingFolder, outputsFolder } from '#shared/deployment/bucket.ts';
import { eraseJob, eraseOutputs } from '#shared/erasing/erase-job.ts';
import { GatewayError } from '#shared/errors.ts';
import type { Job } from '#shared/jobs/job.ts';
import { jobKey } from '#shared/jobs/job-store.ts';
import { eraseRequests } from '#shared/jobs/request-store.ts';
import { eraseReservations } from '#shared/usage/reservation.ts';
import type { InboxContext } from '../context.ts';

/** What one step of an erasure has come to. */
export interface Progress {
  next?: string;
  /** How many jobs and batches it has left, as they have not ended. */
  waitsFor: number;
}

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

/**
 * Erases what a job without a whole record may have left: a request that a crash kept from becoming a job, a record that has expired
 * or cannot be read, what Adobe wrote for it, and its outputs, as far as they can be found.
 *
 * @param createdAt when the job was made, ISO, where that is known without the record
 */
export const eraseRemains = async (inbox: InboxContext, jobId: string, createdAt?: string): Promise<void> => {
  const { table } = inbox;
  await eraseUnder(inbox)(incomingFolder({ jobId }));
  const recorded = createdAt ?? (await getItem(table, jobKey(jobId)))?.['createdAt'];
  if (typeof recorded === 'string')
    await eraseOutputs(eraseUnder(inbox), outputsFolder({ jobId, createdAt: recorded }));
  await eraseRequests(table, jobId);
  await eraseReservations(table, jobId);
  if (recorded !== undefined) await removeItem(table, jobKey(jobId));
};
