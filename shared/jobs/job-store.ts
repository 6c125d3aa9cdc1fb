import { allOf, condition } from '../aws/expressions.ts';
import { createItemParser, parseEach } from '../aws/items.ts';
import { getItem, nowSeconds, putNew, queryPages, removeItem, type Table, ttlAfter } from '../aws/table.ts';
import { jobPartitions } from '../deployment/tables.ts';
import { isFinal, type Job, type JobState, jobSchema, type NewJob } from './job.ts';

/** One page of a caller's jobs, newest first. */
export interface JobPage {
  jobs: Job[];
  /** Where the next page starts: the last job's creation order; absent on the last page. */
  next?: string;
}

/**
 * Writes a new job into the queue unless its id is taken: an idempotency key makes the id, so one conditional put decides.
 *
 * @returns the job that is in the table now and whether this call put it there
 */
export const createJob = async (
  table: Table,
  job: NewJob,
  place: { rank: string; round: number },
): Promise<{ created: boolean; job: Job }> => {
  const now = new Date(table.clock.now()).toISOString();
  const queued: Job = {
    ...job,
    ...place,
    state: 'queued',
    history: [{ state: 'queued', at: now }],
    createdAt: now,
    updatedAt: now,
    turn: 0,
    attempts: 0,
    resumes: 0,
  };
  return putNewJob(table, queued, { queueState: queuedPart(job.lane), queueOrder: place.rank });
};

/**
 * Writes a job that ends as it begins, with the outputs of an earlier one, unless its id is taken.
 *
 * @returns the job that is in the table now and whether this call put it there
 */
export const createReusingJob = async (
  table: Table,
  job: NewJob,
  earlier: Pick<Job, 'jobId' | 'outputs' | 'result'>,
): Promise<{ created: boolean; job: Job }> => {
  const now = new Date(table.clock.now()).toISOString();
  const succeeded: Job = {
    ...job,
    // It never stands in the queue.
    rank: '',
    round: 0,
    state: 'succeeded',
    history: [{ state: 'succeeded', at: now }],
    createdAt: now,
    updatedAt: now,
    finishedAt: now,
    turn: 0,
    attempts: 0,
    resumes: 0,
    outputs: earlier.outputs,
    result: earlier.result,
    reusedFrom: earlier.jobId,
  };
  return putNewJob(table, succeeded, {
    unpublished: unpublishedJob,
    expiresAt: ttlAfter(table, job.retentionSeconds),
  });
};

const putNewJob = async (
  table: Table,
  job: Job,
  attributes: Record<string, unknown>,
): Promise<{ created: boolean; job: Job }> => {
  const { created, item } = await putNew(table, {
    ...jobKey(job.jobId),
    ...job,
    ...attributes,
    createdOrder: createdOrder(job.createdAt, job.jobId),
  });
  return { created, job: created ? job : parseJob(item) };
};

/**
 * Reads a job as it is now (strongly consistent); undefined if there is none or its time is over.
 *
 * @throws {UnreadableItemError} if the item is not a whole job
 */
export const getJob = async (table: Table, jobId: string): Promise<Job | undefined> => {
  const item = await getItem(table, jobKey(jobId));
  return item && parseJob(item);
};

/**
 * Lists a caller's jobs, newest first.
 *
 * @param options.states all of them if undefined
 * @param options.before the `next` of the page before
 * @param options.limit jobs per page at most
 */
export const listJobs = async (
  table: Table,
  { caller, states, before, limit }: { caller: string; states?: readonly JobState[]; before?: string; limit: number },
): Promise<JobPage> => {
  const pages = queryPages(table, {
    index: 'caller',
    where: allOf(
      condition`#caller = ${caller}`,
      before === undefined ? undefined : condition`#createdOrder < ${before}`,
    ),
    filter: allOf(
      condition`attribute_not_exists(#expiresAt) OR #expiresAt > ${nowSeconds(table)}`,
      states && condition`#state IN (${states})`,
    ),
    descending: true,
    pageSize: Math.max(limit, 100),
  });
  const jobs: Job[] = [];
  // A filtered page of DynamoDB may be empty though more follow, so pages are read until enough jobs are found.
  for await (const { Items = [], LastEvaluatedKey } of pages) {
    const missing = limit - jobs.length;
    const taken = Items.slice(0, missing);
    jobs.push(...parseEach(table, taken, parseJob).parsed);
    if (Items.length > missing) return { jobs, next: String(taken.at(-1)?.['createdOrder'] ?? before) };
    if (jobs.length === limit && LastEvaluatedKey) return { jobs, next: String(LastEvaluatedKey['createdOrder']) };
  }
  return { jobs };
};

/**
 * Erases the record of a job; the caller has made sure that it is finished.
 *
 * @returns false if its end has not been published yet: then the record stays, for nothing else remembers that
 */
export const deleteJob = (table: Table, jobId: string): Promise<boolean> =>
  removeItem(table, jobKey(jobId), condition`attribute_not_exists(#unpublished)`);

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
export const toQueueState = (state: JobState, lane: string): string | undefined => {
  if (isFinal(state)) return undefined;
  if (state === 'queued') return queuedPart(lane);
  return state === 'scheduled' ? state : 'active';
};
