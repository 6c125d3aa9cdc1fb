import type { Table } from '../aws/table.ts';
import { incomingFolder, outputPrefixes, thumbnailPrefix } from '../deployment/bucket.ts';
import type { Job } from '../jobs/job.ts';
import { deleteJob } from '../jobs/job-store.ts';
import { readRequest } from '../jobs/request-store.ts';
import { forgetReusable } from '../jobs/reuse.ts';
import { type Outbox, tryPublishEnded } from '../outbox/publish-ended.ts';
import { isPublished } from '../outbox/unpublished.ts';
import { eraseReservations } from '../usage/reservation.ts';

/** What erasing a job takes. */
export interface EraseJobContext extends Outbox {
  /** Erases all versions of what lies under a prefix of the gateway's bucket. */
  eraseObjects: (prefix: string) => Promise<unknown>;
}

/**
 * Erases every version of the outputs under a prefix, and then of their thumbnails: thumbnail looks whether an output is still there after
 * it has written one.
 *
 * @param eraseObjects erases all versions of what lies under a prefix of the gateway's bucket
 */
export const eraseOutputs = async (eraseObjects: EraseJobContext['eraseObjects'], prefix: string): Promise<void> => {
  await eraseObjects(prefix);
  await eraseObjects(thumbnailPrefix(prefix));
};

/**
 * Erases a finished job: every version of what Adobe wrote for it and of its outputs, and then its record. As long as the record is there,
 * an erasure that was cut off can be repeated; an end that was not published yet is published first, as nothing else remembers it.
 *
 * @returns false if the end could not be published, so that the record is still there
 */
export const eraseJob = async ({ eraseObjects, ...outbox }: EraseJobContext, job: Job): Promise<boolean> => {
  const { table } = outbox;
  await eraseObjects(incomingFolder(job));
  for (const prefix of outputPrefixes(job)) await eraseOutputs(eraseObjects, prefix);
  const request = await readRequest(table, job);
  if (request !== undefined) await forgetReusable(table, { ...job, ...request });
  if (await deleteSettled(table, job.jobId)) return true;
  return (await tryPublishEnded(outbox, job)) && deleteSettled(table, job.jobId);
};

/** What a job cost is counted before its end is published: without its reservation it would be counted again. */
const deleteSettled = async (table: Table, jobId: string): Promise<boolean> => {
  if (!(await isPublished(table, jobId))) return false;
  await eraseReservations(table, jobId);
  return deleteJob(table, jobId);
};
