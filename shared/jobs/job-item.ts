import { createItemParser } from '../aws/items.ts';
import { jobPartitions } from '../deployment/tables.ts';
import { isFinal, type JobState, jobSchema } from './job.ts';

/** The part of the index of unpublished ends that jobs stand in. */
export const unpublishedJob = 'job';

/** The key of a job's item. */
export const jobKey = (jobId: string) => ({ pk: jobPartitions.job(jobId), sk: 'job' });

/** The range key of the caller's list: newest last, unique. */
export const createdOrder = (createdAt: string, jobId: string): string => `${createdAt}#${jobId}`;

/**
 * The job in an item of the table.
 *
 * @throws {UnreadableItemError} if the item is not a whole job
 */
export const parseJob = createItemParser(jobSchema);

/** The part of the queue index in which the jobs of a lane wait. */
export const queuedPart = (lane: string): string => `queued#${lane}`;

/** Which part of the queue index a job in this state belongs to; none once it is final. */
export const queueStateOf = (state: JobState, lane: string): string | undefined => {
  if (isFinal(state)) return undefined;
  if (state === 'queued') return queuedPart(lane);
  return state === 'scheduled' ? state : 'active';
};
