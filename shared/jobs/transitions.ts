import { allOf, condition } from '../aws/expressions.ts';
import { type Table, ttlAfter, updateItem } from '../aws/table.ts';
import { type FinalState, isFinal, type Job, type JobState, type JobStateChange, type Turn } from './job.ts';
import {
  delayedPart,
  findSeeds,
  jobKey,
  markChanged,
  parseJob,
  statePart,
  toQueueState,
  unpublishedJob,
} from './job-store.ts';

/**
 * The last turn of which a job's history tells more than the end. DynamoDB refuses items over 400 KB; a job that is put back for days by a
 * paused quota must stay far below.
 */
export const maxTurnsWithHistory = 300;

/** States that last for a moment, and are no change to tell: each such write would move the job in the index of changes. */
const passing: readonly JobState[] = ['submitting', 'storing'];

/** One conditional step in a job's life. */
export interface Transition {
  /** States that the job may be in; in any other the transition does not happen. */
  from: readonly JobState[];
  to: JobState;
  /** Where the job stands in its part of the queue index: its rank, its submit time or its deadline. */
  order?: string;
  /** Keeps a queued job from the queue until the time that `order` names. */
  isDelayed?: boolean;
  /** Attributes to set; undefined removes one. */
  changes?: Partial<Job>;
  /** What it was meanwhile, without a write of its own. */
  passed?: readonly JobStateChange[];
  /** Happens only while no cancellation has been requested. */
  unlessCancelRequested?: boolean;
}

/**
 * Moves a job to another state if it still is what the caller believes: same turn, one of the expected states.
 * The write that ends a job also marks it unpublished and starts its retention.
 *
 * @param retentionSeconds how long the record of an ended job is kept; for good if undefined
 * @returns the job after the move, or undefined if it had changed meanwhile
 */
export const transition = async (
  table: Table,
  { jobId, turn, caller, lane }: Turn & Pick<Job, 'caller' | 'lane'>,
  { from, to, order, isDelayed = false, changes = {}, passed = [], unlessCancelRequested = false }: Transition,
  retentionSeconds?: number,
): Promise<Job | undefined> => {
  const at = new Date(table.clock.now()).toISOString();
  const isEnd = isFinal(to);
  const end = isEnd && {
    finishedAt: at,
    unpublished: unpublishedJob,
    expiresAt: retentionSeconds === undefined ? undefined : ttlAfter(table, retentionSeconds),
  };
  const item = await updateItem(table, jobKey(jobId), {
    set: {
      ...changes,
      ...listSeeds(changes),
      state: to,
      updatedAt: at,
      ...(passing.includes(to) ? undefined : markChanged(table, jobId)),
      callerState: statePart(caller, to),
      queueState: isDelayed ? delayedPart : toQueueState(to, lane),
      queueOrder: order,
      ...end,
    },
    append: turn <= maxTurnsWithHistory || isEnd ? { history: [...passed, { state: to, at }] } : {},
    when: allOf(
      condition`#state IN (${from}) AND #turn = ${turn}`,
      unlessCancelRequested ? condition`attribute_not_exists(#cancelRequestedAt)` : undefined,
    ),
  });
  return item && parseJob(item);
};

/** The seeds of the outputs take the place of those that the request names; without any, these stay. */
const listSeeds = ({ outputs }: Partial<Job>): Pick<Job, 'seeds'> => {
  const seeds = findSeeds(outputs);
  return seeds === undefined ? {} : { seeds };
};

/** The state, result and reason with which a job ends. */
export type JobEnd = { to: FinalState } & Pick<Transition, 'passed'> &
  Pick<
    Partial<Job>,
    | 'attempts'
    | 'error'
    | 'errors'
    | 'outputs'
    | 'result'
    | 'isAbridged'
    | 'warnings'
    | 'requested'
    | 'received'
    | 'listed'
  >;

/**
 * Ends a job: the last write of its life. The record of a batch's job is needed for the report, however long the others
 * take: its retention starts when the batch ends.
 *
 * @returns the ended job, or undefined if it had moved or ended meanwhile
 */
export const endJob = async (
  table: Table,
  job: Pick<Job, 'jobId' | 'turn' | 'caller' | 'lane' | 'retentionSeconds' | 'batchId'>,
  from: readonly JobState[],
  { to, passed, ...changes }: JobEnd,
): Promise<Job | undefined> =>
  transition(table, job, { from, to, passed, changes }, job.batchId === undefined ? job.retentionSeconds : undefined);

/** How long after its time-out, a takeover or its last sign of life a job's durable execution counts as lost, in ms: longer than the storing of any one output. */
export const lostAfterMs = 15 * 60_000;

/** Says that the durable execution of a job still follows it, though the job's time-out may be over. */
export const keepFollowing = async (table: Table, { jobId, turn }: Turn): Promise<void> => {
  await updateItem(table, jobKey(jobId), {
    set: { queueOrder: new Date(table.clock.now() + lostAfterMs).toISOString() },
    when: condition`#state = ${'running'} AND #turn = ${turn}`,
  });
};

/**
 * Puts off the time at which the durable execution of a storing job counts as lost: all of its outputs may take longer than that.
 *
 * @returns the job, or undefined if it is not storing any more or another turn has taken it over
 */
export const renewStoring = async (table: Table, { jobId, turn }: Turn): Promise<Job | undefined> => {
  const now = table.clock.now();
  const item = await updateItem(table, jobKey(jobId), {
    set: { queueOrder: new Date(now + lostAfterMs).toISOString(), updatedAt: new Date(now).toISOString() },
    when: condition`#state = ${'storing' satisfies JobState} AND #turn = ${turn}`,
  });
  return item && parseJob(item);
};

/**
 * Takes a running or storing job over from a durable execution that died.
 *
 * @returns the job with its raised count of resumes, or undefined if it moved on or another dispatch took it
 */
export const resumeTurn = async (table: Table, { jobId, state, turn, resumes }: Job): Promise<Job | undefined> => {
  const item = await updateItem(table, jobKey(jobId), {
    add: { resumes: 1 },
    set: { queueOrder: new Date(table.clock.now() + lostAfterMs).toISOString() },
    when: condition`#state = ${state} AND #turn = ${turn} AND #resumes = ${resumes}`,
  });
  return item && parseJob(item);
};
