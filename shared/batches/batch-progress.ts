import { allOf, type Condition, condition } from '../aws/expressions.ts';
import { type Table, ttlAfter, updateItem } from '../aws/table.ts';
import type { Batch, BatchState, LineCounts } from './batch.ts';
import { batchKey, openBatches, parseBatch, unpublishedBatch } from './batch-store.ts';
import { leaseMs, nextCheckAt } from './open-batches.ts';

/** One durable execution of one batch: its number rises with each that is started, so that it fences off earlier ones. */
export interface BatchRun {
  batchId: string;
  run: number;
}

/** What an execution writes on its batch; undefined leaves an attribute as it is. */
export type BatchChanges = Partial<
  LineCounts &
    Pick<
      Batch,
      | 'counts'
      | 'lines'
      | 'columns'
      | 'warnings'
      | 'labels'
      | 'readTo'
      | 'countedTo'
      | 'jobsInLanes'
      | 'waiting'
      | 'readAttempts'
      | 'lastAttemptRun'
      | 'startedAt'
      | 'cancelledAt'
      | 'error'
    >
>;

/** One conditional step in a batch's life. */
export interface BatchStep {
  from: readonly BatchState[];
  to: BatchState;
  changes?: BatchChanges;
  /** Happens only if no end of a job has been counted since the batch was read with this revision. */
  revision?: number;
  /** Another condition that must hold. */
  when?: Condition;
  remove?: readonly 'waiting'[];
  /** When dispatch looks at the batch again, in epoch ms; by default when the execution must have died. */
  checkAtMs?: number;
}

/**
 * Writes what an execution has done, and thereby that it is alive.
 *
 * @returns the batch after the step, or undefined if a newer execution has taken over or the batch has moved on
 */
export const advanceBatch = (
  table: Table,
  run: BatchRun,
  { from, to, changes, remove, revision, when, checkAtMs = table.clock.now() + leaseMs }: BatchStep,
): Promise<Batch | undefined> =>
  writeStep(table, run, {
    from,
    set: { ...changes, state: to, queueOrder: new Date(checkAtMs).toISOString() },
    remove,
    when: [revision === undefined ? undefined : condition`#revision = ${revision}`, when],
  });

/**
 * Leaves a batch without an execution until the next check, which is at once where its caller has just requested its cancellation.
 *
 * @returns whether it is due at once
 */
export const leaveBatch = async (
  table: Table,
  run: BatchRun,
  step: Pick<BatchStep, 'from' | 'to' | 'changes'> & { checkAtMs: number },
): Promise<boolean> => {
  const when = condition`attribute_not_exists(#cancelRequestedAt) OR attribute_exists(#cancelledAt)`;
  if ((await advanceBatch(table, run, { ...step, when })) !== undefined) return false;
  return (await advanceBatch(table, run, { ...step, checkAtMs: table.clock.now() })) !== undefined;
};

/** Leaves a batch to its jobs: see {@link leaveBatch}. */
export const awaitJobs = (table: Table, run: BatchRun, batch: Batch): Promise<boolean> => {
  const checkAtMs = nextCheckAt(batch, table.clock.now());
  return leaveBatch(table, run, { from: ['running'], to: 'running', changes: { readAttempts: 0 }, checkAtMs });
};

/**
 * Ends a batch: the last write of its life but for clearing the mark of the outbox.
 *
 * @returns the ended batch, or undefined if it had moved or ended meanwhile
 */
export const endBatch = (
  table: Table,
  run: BatchRun,
  { from, to, changes }: Pick<BatchStep, 'from' | 'changes'> & { to: 'finished' | 'refused' },
  retentionSeconds: number,
): Promise<Batch | undefined> =>
  writeStep(table, run, {
    from,
    set: {
      ...changes,
      state: to,
      finishedAt: new Date(table.clock.now()).toISOString(),
      unpublished: unpublishedBatch,
      expiresAt: ttlAfter(table, retentionSeconds),
    },
    remove: ['queueState', 'queueOrder'],
  });

/**
 * Requests the cancellation of a batch. A run that reads its file notices at the next lines; otherwise, or while it waits, it is due for a run now.
 * A second run beside one that reads would take lines for cancelled of which the first one is just making jobs.
 *
 * @returns the batch with the request, or undefined if it has moved on
 */
export const requestBatchCancel = async (table: Table, batch: Batch): Promise<Batch | undefined> => {
  const now = new Date(table.clock.now()).toISOString();
  const { state, run, waiting } = batch;
  const isAsKnown = condition`#state = ${state} AND #run = ${run}`;
  const isWaiting = waiting !== undefined && (waiting.run ?? 0) === run;
  const isDue = state === 'running' || isWaiting;
  const item = await updateItem(table, batchKey(batch.batchId), {
    set: isDue ? { queueOrder: now } : {},
    setIfAbsent: { cancelRequestedAt: now },
    when: isDue
      ? isAsKnown
      : allOf(isAsKnown, condition`attribute_not_exists(#waiting.#run) OR #waiting.#run <> ${run}`),
  });
  return item && parseBatch(item);
};

/**
 * Requests the erasure of a batch that is over, whose end has been published; it is due for a run now. Its record does not expire
 * any more: it leads to what is still to be erased.
 *
 * @returns the batch with the request, or undefined if it is not over, its end is not published, or it has been erased
 */
export const requestBatchErasure = async (table: Table, batchId: string): Promise<Batch | undefined> => {
  const now = new Date(table.clock.now()).toISOString();
  const over: readonly BatchState[] = ['finished', 'refused'];
  const item = await updateItem(table, batchKey(batchId), {
    set: { state: 'erasing', updatedAt: now, queueState: openBatches, queueOrder: now },
    remove: ['expiresAt'],
    when: condition`#state IN (${over}) AND attribute_not_exists(#unpublished)`,
  });
  return item && parseBatch(item);
};

const writeStep = async (
  table: Table,
  { batchId, run }: BatchRun,
  step: {
    from: readonly BatchState[];
    set: Record<string, unknown>;
    remove?: readonly string[];
    when?: readonly (Condition | undefined)[];
  },
): Promise<Batch | undefined> => {
  const { from, set, remove, when = [] } = step;
  const changed = Object.entries(set).filter(([, value]) => value !== undefined);
  const item = await updateItem(table, batchKey(batchId), {
    set: { ...Object.fromEntries(changed), updatedAt: new Date(table.clock.now()).toISOString() },
    remove,
    when: allOf(condition`#state IN (${from}) AND #run = ${run}`, ...when),
  });
  return item && parseBatch(item);
};
