import type { Table } from '../aws/table.ts';
import { conditionalUpdate } from '../jobs/conditional-update.ts';
import type { Job } from '../jobs/job.ts';
import { jobKey } from '../jobs/job-item.ts';
import { type Batch, isComplete } from './batch.ts';
import { batchKey, batchOfItem } from './batch-item.ts';
import { scheduleCheck } from './open-batches.ts';

/**
 * Counts the end of a job in its batch, once: the mark on the job decides who counts. A crash between the mark and the
 * count leaves the batch one short; it then stands still and is counted anew from its jobs.
 *
 * @returns whether it was the last one, so that the batch now waits for its report
 */
export const countEnd = async (table: Table, job: Pick<Job, 'jobId' | 'state' | 'batchId'>): Promise<boolean> => {
  if (job.batchId === undefined || !(await markCounted(table, job.jobId))) return false;
  const now = new Date(table.clock.now()).toISOString();
  const item = await conditionalUpdate(table, batchKey(job.batchId), {
    expression:
      'SET #counts.#end = #counts.#end + :one, revision = revision + :one, lastEndedAt = :now, updatedAt = :now',
    condition: 'attribute_exists(pk) AND attribute_not_exists(finishedAt)',
    names: { '#counts': 'counts', '#end': job.state },
    values: { ':one': 1, ':now': now },
  });
  if (item === undefined) return false;
  const batch = batchOfItem(item);
  if (batch.state !== 'running') return false;
  const isLast = isComplete(batch);
  if (isLast) await askForReport(table, batch);
  else await scheduleCheck(table, { batch, dueAt: String(item['queueOrder']) });
  return isLast;
};

/**
 * Marks an ended job as counted.
 *
 * @returns false if it was marked before, or has been erased
 */
export const markCounted = async (table: Table, jobId: string): Promise<boolean> =>
  (await conditionalUpdate(table, jobKey(jobId), {
    expression: 'SET countedAt = :now',
    condition: 'attribute_exists(pk) AND attribute_not_exists(countedAt)',
    values: { ':now': new Date(table.clock.now()).toISOString() },
  })) !== undefined;

/** By the count every job has ended; whoever writes the report looks at each of them. */
const askForReport = async (table: Table, { batchId }: Batch): Promise<void> => {
  await conditionalUpdate(table, batchKey(batchId), {
    expression: 'SET #state = :reporting, queueOrder = :now',
    condition: '#state = :running',
    names: { '#state': 'state' },
    values: {
      ':reporting': 'reporting',
      ':running': 'running',
      ':now': new Date(table.clock.now()).toISOString(),
    },
  });
};
