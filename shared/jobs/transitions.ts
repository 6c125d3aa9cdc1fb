import type { Table } from '../aws/table.ts';
import { conditionalUpdate } from './conditional-update.ts';
import { isFinal, type Job, type JobState, type Turn } from './job.ts';
import { jobKey, jobOfItem, queueStateOf } from './job-item.ts';

// DynamoDB refuses items over 400 KB; a job that is put back for days by a paused quota must stay far below.
const turnsWithHistory = 300;

/** One conditional step in a job's life. */
export interface Transition {
  /** States that the job may be in; in any other the transition does not happen. */
  from: readonly JobState[];
  to: JobState;
  /** Where the job stands in its part of the queue index: its rank or its deadline. */
  order?: string;
  /** Attributes to set; undefined removes one. */
  changes?: Partial<Job>;
  /** Happens only while nobody has asked for the job to be cancelled. */
  unlessCancelRequested?: boolean;
}

/**
 * Moves a job to another state if it still is what the caller believes: same turn, one of the expected states.
 * The write that ends a job also marks it unannounced and starts its retention.
 *
 * @param retentionSeconds how long the record of an ended job is kept; for good if undefined
 * @returns the job after the move, or undefined if it had changed meanwhile
 */
export const transition = async (
  table: Table,
  { jobId, turn, lane }: Turn & Pick<Job, 'lane'>,
  { from, to, order, changes = {}, unlessCancelRequested = false }: Transition,
  retentionSeconds?: number,
): Promise<Job | undefined> => {
  const nowMs = table.clock.now();
  const at = new Date(nowMs).toISOString();
  const set: Record<string, unknown> = {
    ...changes,
    state: to,
    updatedAt: at,
    queueState: queueStateOf(to, lane),
    queueOrder: order,
  };
  if (isFinal(to)) {
    set['finishedAt'] = at;
    set['unannounced'] = 'yes';
    if (retentionSeconds !== undefined) set['expiresAt'] = Math.floor(nowMs / 1000) + retentionSeconds;
  }
  const names: Record<string, string> = { '#state': 'state', '#turn': 'turn' };
  const values: Record<string, unknown> = { ':turn': turn };
  const assignments: string[] = [];
  const removals: string[] = [];
  for (const [name, value] of Object.entries(set)) {
    names[`#${name}`] = name;
    if (value === undefined) {
      removals.push(`#${name}`);
    } else {
      assignments.push(`#${name} = :${name}_new`);
      values[`:${name}_new`] = value;
    }
  }
  if (turn <= turnsWithHistory || isFinal(to)) {
    names['#history'] = 'history';
    values[':entry'] = [{ state: to, at }];
    assignments.push('#history = list_append(#history, :entry)');
  }
  const expected = from.map((state, index) => {
    values[`:from${index}`] = state;
    return `:from${index}`;
  });
  const conditions = [`#state IN (${expected.join(', ')})`, '#turn = :turn'];
  if (unlessCancelRequested) conditions.push('attribute_not_exists(cancelRequestedAt)');
  const item = await conditionalUpdate(table, jobKey(jobId), {
    expression: `SET ${assignments.join(', ')}${removals.length > 0 ? ` REMOVE ${removals.join(', ')}` : ''}`,
    condition: conditions.join(' AND '),
    names,
    values,
  });
  return item === undefined ? undefined : jobOfItem(item);
};

/** The state, result and reason with which a job ends. */
export type JobEnd = { to: 'succeeded' | 'failed' | 'cancelled' | 'timed_out' } & Pick<
  Partial<Job>,
  'attempts' | 'error' | 'outputs' | 'result'
>;

/**
 * Ends a job: the last write of its life. The record of a batch's job is needed for the report, however long the others
 * take: its retention starts when the batch ends.
 *
 * @returns the ended job, or undefined if somebody else had moved or ended it
 */
export const endJob = async (
  table: Table,
  job: Pick<Job, 'jobId' | 'turn' | 'lane' | 'retentionSeconds' | 'batchId'>,
  from: readonly JobState[],
  { to, ...changes }: JobEnd,
): Promise<Job | undefined> =>
  transition(table, job, { from, to, changes }, job.batchId === undefined ? job.retentionSeconds : undefined);
