import { isFinal, type Job, type JobState } from './job.ts';

/** Names of the table's indexes. */
export const indexes = { queue: 'queue', caller: 'caller', unannounced: 'unannounced' } as const;

/** The key of a job's item. */
export const jobKey = (jobId: string) => ({ pk: `job#${jobId}`, sk: 'job' });

/** The range key of the caller's list: newest last, unique. */
export const createdOrder = (createdAt: string, jobId: string): string => `${createdAt}#${jobId}`;

/** Attributes that only the table and its indexes know. */
const tableAttributes = [
  'pk',
  'sk',
  'queueState',
  'queueOrder',
  'createdOrder',
  'unannounced',
  'expiresAt',
  'deadline',
  'countedAt',
] as const;

/** The job in an item of the table, without the table's own attributes. */
export const jobOfItem = (item: Record<string, unknown>): Job => {
  const job = { ...item };
  for (const attribute of tableAttributes) delete job[attribute];
  return job as unknown as Job;
};

/** Whether the table may still hold an item that has passed its time: DynamoDB deletes late. */
export const isExpired = (item: Record<string, unknown>, nowMs: number): boolean =>
  typeof item['expiresAt'] === 'number' && item['expiresAt'] * 1000 <= nowMs;

/** The part of the queue index in which the jobs of a lane wait. */
export const queuedPart = (lane: string): string => `queued#${lane}`;

/** Which part of the queue index a job in this state belongs to; none once it is final. */
export const queueStateOf = (state: JobState, lane: string): string | undefined => {
  if (isFinal(state)) return undefined;
  if (state === 'queued') return queuedPart(lane);
  return state === 'scheduled' ? state : 'active';
};
