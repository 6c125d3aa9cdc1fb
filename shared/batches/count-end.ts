import { condition } from '../aws/expressions.ts';
import { type Table, updateItem } from '../aws/table.ts';
import type { Job } from '../jobs/job.ts';
import { jobKey } from '../jobs/job-store.ts';
import { isComplete } from './batch.ts';
import { batchKey, parseBatch } from './batch-store.ts';
import { scheduleCheck } from './open-batches.ts';

/**
 * Counts the end of a job in its batch, once: the mark on the job decides who counts. A crash between the mark and the
 * count leaves the batch one short; it then stands still and is recounted from its jobs.
 *
 * @returns whether it was the last one, so that the batch now waits for its report
 */
export const countEnd = async (table: Table, job: Pick<Job, 'jobId' | 'state' | 'batchId'>): Promise<boolean> => {
  if (job.batchId === undefined || !(await markCounted(table, job.jobId))) return false;
  const now = new Date(table.clock.now()).toISOString();
  const item = await updateItem(table, batchKey(job.batchId), {
    add: { [`counts.${job.state}`]: 1, revision: 1 },
    set: { lastEndedAt: now, updatedAt: now },
    when: condition`attribute_exists(#pk) AND attribute_not_exists(#finishedAt)`,
  });
  if (item === undefined) return false;
  const batch = parseBatch(item);
  if (batch.state !== 'running') return false;
  const isLast = isComplete(batch);
  if (isLast) await requestReport(table, batch.batchId);
  else await scheduleCheck(table, { batch, dueAt: String(item['queueOrder']) });
  return isLast;
};

/**
 * Marks an ended job as counted.
 *
 * @returns false if it was marked before, or has been erased
 */
export const markCounted = async (table: Table, jobId: string): Promise<boolean> =>
  (await updateItem(table, jobKey(jobId), {
    set: { countedAt: new Date(table.clock.now()).toISOString() },
    when: condition`attribute_exists(#pk) AND attribute_not_exists(#countedAt)`,
  })) !== undefined;

/** By the count every job has ended; the run that writes the report checks each of them. */
const requestReport = async (table: Table, batchId: string): Promise<void> => {
  await updateItem(table, batchKey(batchId), {
    set: { state: 'reporting', queueOrder: new Date(table.clock.now()).toISOString() },
    when: condition`#state = ${'running'}`,
  });
};
