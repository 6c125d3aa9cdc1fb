import { condition, exists } from '../aws/expressions.ts';
import { createItemParser } from '../aws/items.ts';
import { getItem, nowSeconds, putNew, removeItem, type Table, ttlAfter, updateItem } from '../aws/table.ts';
import { jobKey } from '../deployment/tables.ts';
import { isFinal, type Job, type JobState, jobSchema, type NewJob, requestOf } from './job.ts';
import { summariseRequest } from './listing.ts';
import {
  eraseRequests,
  expireRequest,
  isHeld,
  readHeld,
  readRequest,
  type StoredRequest,
  storeRequest,
} from './request-store.ts';

/**
 * Writes a new job into the queue unless its id is taken: an idempotency key makes the id, so one conditional put decides.
 *
 * @param place.isHeld whether it waits apart from the queue, as its caller is paused
 * @returns the job that is in the table now and whether this call put it there
 */
export const createJob = async (
  table: Table,
  { request, secretHeaders, ...record }: NewJob,
  { rank, round, isHeld = false }: JobPlace,
): Promise<{ created: boolean; job: Job }> => {
  const now = new Date(table.clock.now()).toISOString();
  const queued: Job = {
    ...record,
    rank,
    round,
    state: 'queued',
    history: [{ state: 'queued', at: now }],
    createdAt: now,
    updatedAt: now,
    turn: 0,
    attempts: 0,
    resumes: 0,
  };
  return putNewJob(table, queued, { request, secretHeaders }, isHeld ? heldEntry(queued) : queuedEntry(queued));
};

/** Where a new job waits. */
export interface JobPlace extends Pick<Job, 'rank' | 'round'> {
  isHeld?: boolean;
}

/**
 * Writes a job that ends as it begins, with the outputs of an earlier one, unless its id is taken.
 *
 * @returns the job that is in the table now and whether this call put it there
 */
export const createReusingJob = async (
  table: Table,
  { request, secretHeaders: _, ...record }: NewJob,
  earlier: Pick<Job, 'jobId' | 'outputs' | 'result' | 'inspections'>,
): Promise<{ created: boolean; job: Job }> => {
  const now = new Date(table.clock.now()).toISOString();
  const succeeded: Job = {
    ...record,
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
    seeds: findSeeds(earlier.outputs),
    inspections: earlier.inspections,
    cost: { estimated: 0, outputs: 0 },
    result: earlier.result,
    reusedFrom: earlier.jobId,
  };
  return putNewJob(
    table,
    succeeded,
    { request },
    {
      unpublished: unpublishedJob,
      expiresAt: ttlAfter(table, succeeded.retentionSeconds),
    },
  );
};

// A request of its own comes first: a record is never without it, and a crash between the two leaves only what expires.
const putNewJob = async (
  table: Table,
  job: Job,
  sent: Pick<NewJob, 'request' | 'secretHeaders'>,
  attributes: Record<string, unknown>,
): Promise<{ created: boolean; job: Job }> => {
  const held = isHeld(sent) ? { request: sent.request, holdsRequest: true as const } : undefined;
  if (held === undefined) await storeRequest(table, { ...job, ...sent });
  const { prompt, seeds } = summariseRequest(job.operation, requestOf(sent));
  const { created, item } = await putNew(table, {
    ...jobKey(job.jobId),
    seeds,
    ...job,
    ...held,
    ...attributes,
    prompt,
    createdOrder: orderOf(job.createdAt, job.jobId),
    callerState: statePart(job.caller, job.state),
    ...markChanged(table, job.jobId),
  });
  if (created) return { created, job: { ...job, holdsRequest: held?.holdsRequest } };
  const existing = parseJob(item);
  if (existing.requestHash !== job.requestHash && held === undefined)
    await expireRequest(table, job, nowSeconds(table));
  return { created, job: existing };
};

/**
 * Reads a job as it is now (strongly consistent); undefined if there is none or its time is over.
 *
 * @throws {UnreadableItemError} if the item is not a whole job
 */
export const getJob = async (table: Table, jobId: string): Promise<Job | undefined> =>
  (await getJobRecord(table, jobId))?.job;

/** The same with the request, where the record holds it. */
export const getJobRecord = async (
  table: Table,
  jobId: string,
): Promise<{ job: Job; held: StoredRequest | undefined } | undefined> => {
  const item = await getItem(table, jobKey(jobId));
  return item && { job: parseJob(item), held: readHeld(item) };
};

/** A job with its request, which is undefined once it is erased. */
export interface SentJob {
  job: Job;
  request: StoredRequest | undefined;
}

/**
 * Reads a job as {@link getJob} does, and its request: in one call where the record holds it.
 *
 * @throws {UnreadableItemError} if the item is not a whole job
 */
export const getSentJob = async (table: Table, jobId: string): Promise<SentJob | undefined> => {
  const record = await getJobRecord(table, jobId);
  if (record === undefined) return undefined;
  const { job, held } = record;
  return { job, request: job.holdsRequest ? held : await readRequest(table, job) };
};

/**
 * Erases a job, its request first and its record last; the caller has made sure that it is finished.
 *
 * @returns false if its end has not been published yet: then the record stays, for nothing else remembers that
 */
export const deleteJob = async (table: Table, jobId: string): Promise<boolean> => {
  await eraseRequests(table, jobId);
  if (await removeItem(table, jobKey(jobId), condition`attribute_not_exists(#unpublished)`)) return true;
  await updateItem(table, jobKey(jobId), { remove: ['prompt', 'request'], when: exists });
  return false;
};

/** The part of the index of unpublished ends that jobs stand in. */
export const unpublishedJob = 'job';

export { jobKey };

/** Behind the order of every job in the index of callers, which begins with a year: batches stand behind it. */
export const afterAllJobs = ':';

/** The place of a job among others by a time of it, ISO: newest last, unique. */
export const orderOf = (time: string, jobId: string): string => `${time}#${jobId}`;

/** What a write sets by which a caller sees that a job has changed: its place in the index of changes, now the last. */
export const markChanged = ({ clock }: Pick<Table, 'clock'>, jobId: string): { changedOrder: string } => ({
  changedOrder: orderOf(new Date(clock.now()).toISOString(), jobId),
});

/** The seeds of outputs, as lists find jobs by them; undefined if there are none. */
export const findSeeds = (outputs: Job['outputs']): number[] | undefined => {
  const seeds = (outputs ?? []).flatMap(({ seed }) => seed ?? []);
  return seeds.length === 0 ? undefined : [...new Set(seeds)];
};

/**
 * The job in an item of the table.
 *
 * @throws {UnreadableItemError} if the item is not a whole job
 */
export const parseJob = createItemParser(jobSchema);

/**
 * The part of the index of states in which a job of a caller stands. Those that have a turn share one: they pass from one state to
 * the next within seconds, and there are never many.
 */
export const statePart = (caller: string, state: JobState): string =>
  `${caller}#${isFinal(state) || state === 'queued' ? state : 'active'}`;

/** The part of the queue index in which the jobs of a lane wait. */
export const queuedPart = (lane: string): string => `queued#${lane}`;

/** Where a job stands in the queue of its lane. */
export const queuedEntry = ({ lane, rank }: Pick<Job, 'lane' | 'rank'>) => ({
  queueState: queuedPart(lane),
  queueOrder: rank,
});

/** The part of the queue index in which the queued jobs of a paused caller wait, those of all lanes. */
export const heldPart = (caller: string): string => `held#${caller}`;

/** Where a job of a paused caller waits: by lanes, and there in the order of service. */
export const heldEntry = ({ caller, lane, rank }: Pick<Job, 'caller' | 'lane' | 'rank'>) => ({
  queueState: heldPart(caller),
  queueOrder: `${lane}#${rank}`,
});

/** The part of the queue index in which queued jobs of all lanes stand that wait until a time. */
export const delayedPart = 'delayed';

/** Which part of the queue index a job in this state belongs to; none once it is final. */
export const toQueueState = (state: JobState, lane: string): string | undefined => {
  if (isFinal(state)) return undefined;
  if (state === 'queued') return queuedPart(lane);
  return state === 'scheduled' ? state : 'active';
};
