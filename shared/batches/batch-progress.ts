import type { Table } from '../aws/table.ts';
import { conditionalUpdate } from '../jobs/conditional-update.ts';
import type { Batch, BatchState, EndState, LineCounts } from './batch.ts';
import { batchKey, batchOfItem, unpublishedBatch } from './batch-item.ts';
import { leaseMs, nextCheckAt } from './open-batches.ts';

/** Identifies one durable execution of one batch: its number rises with each that is started. */
export interface Work {
  batchId: string;
  work: number;
}

/** What an execution writes on its batch. */
export type BatchChanges = Partial<
  LineCounts &
    Pick<Batch, 'lines' | 'readTo' | 'tries' | 'lastAttemptRun' | 'startedAt' | 'cancelledAt' | 'error'> & {
      counts: Record<EndState, number>;
    }
>;

/** One conditional step in a batch's life. */
export interface BatchStep {
  from: readonly BatchState[];
  to: BatchState;
  changes?: BatchChanges;
  /** Happens only if no end of a job has been counted since the batch was read with this revision. */
  revision?: number;
  /** Another condition that must hold. */
  onlyIf?: string;
  /** When to look at it again, in epoch ms; by default when the execution must have died. */
  checkAtMs?: number;
}

/**
 * Writes what an execution has done, and thereby that it is alive.
 *
 * @returns the batch after the step, or undefined if a newer execution has taken over or the batch has moved on
 */
export const advanceBatch = async (
  table: Table,
  { batchId, work }: Work,
  { from, to, changes = {}, revision, onlyIf, checkAtMs = table.clock.now() + leaseMs }: BatchStep,
): Promise<Batch | undefined> =>
  write(table, batchId, {
    set: { ...changes, state: to, queueOrder: new Date(checkAtMs).toISOString() },
    conditions: [
      'works = :work',
      ...(revision === undefined ? [] : ['revision = :revision']),
      ...(onlyIf === undefined ? [] : [onlyIf]),
    ],
    values: { ':work': work, ...(revision === undefined ? {} : { ':revision': revision }) },
    from,
  });

/**
 * Leaves a batch to its jobs until the next look, which is at once where its caller has just asked for it to be cancelled.
 */
export const awaitJobs = async (table: Table, work: Work, batch: Batch): Promise<void> => {
  const waits = { from: ['running'], to: 'running', changes: { tries: 0 } } as const;
  const checkAtMs = nextCheckAt(batch, table.clock.now());
  const nothingToCancel = '(attribute_not_exists(cancelRequestedAt) OR attribute_exists(cancelledAt))';
  if ((await advanceBatch(table, work, { ...waits, checkAtMs, onlyIf: nothingToCancel })) !== undefined) return;
  await advanceBatch(table, work, { ...waits, checkAtMs: table.clock.now() });
};

/**
 * Ends a batch: the last write of its life but for the announcement.
 *
 * @returns the ended batch, or undefined if somebody else had moved or ended it
 */
export const endBatch = async (
  table: Table,
  { batchId, work }: Work,
  { from, to, changes = {} }: Pick<BatchStep, 'from' | 'changes'> & { to: 'finished' | 'refused' },
  retentionSeconds: number,
): Promise<Batch | undefined> => {
  const nowMs = table.clock.now();
  return write(table, batchId, {
    set: {
      ...changes,
      state: to,
      finishedAt: new Date(nowMs).toISOString(),
      unpublished: unpublishedBatch,
      expiresAt: Math.floor(nowMs / 1000) + retentionSeconds,
    },
    removed: ['queueState', 'queueOrder'],
    conditions: ['works = :work'],
    values: { ':work': work },
    from,
  });
};

/**
 * Records the wish to cancel a batch. Whoever reads its file notices at the next lines; otherwise somebody has to look at it now.
 *
 * @returns the batch with the wish, or undefined if it has moved on
 */
export const requestBatchCancel = async (table: Table, batch: Batch): Promise<Batch | undefined> => {
  const now = new Date(table.clock.now()).toISOString();
  const isRunning = batch.state === 'running';
  const item = await conditionalUpdate(table, batchKey(batch.batchId), {
    expression: `SET cancelRequestedAt = if_not_exists(cancelRequestedAt, :now)${isRunning ? ', queueOrder = :now' : ''}`,
    condition: '#state = :state',
    names: { '#state': 'state' },
    values: { ':now': now, ':state': batch.state },
  });
  return item === undefined ? undefined : batchOfItem(item);
};

const write = async (
  table: Table,
  batchId: string,
  {
    set,
    removed = [],
    conditions,
    values,
    from,
  }: {
    set: Record<string, unknown>;
    removed?: readonly string[];
    conditions: string[];
    values: Record<string, unknown>;
    from: readonly BatchState[];
  },
): Promise<Batch | undefined> => {
  const changes = Object.entries({ ...set, updatedAt: new Date(table.clock.now()).toISOString() }).filter(
    ([, value]) => value !== undefined,
  );
  const assignments = changes.map(([name], index) => `#${name} = :set${index}`);
  const removals = removed.length === 0 ? '' : ` REMOVE ${removed.join(', ')}`;
  const expected = from.map((_, index) => `:from${index}`);
  const item = await conditionalUpdate(table, batchKey(batchId), {
    expression: `SET ${assignments.join(', ')}${removals}`,
    condition: [`#state IN (${expected.join(', ')})`, ...conditions].join(' AND '),
    names: Object.fromEntries(changes.map(([name]) => [`#${name}`, name])),
    values: {
      ...values,
      ...Object.fromEntries(changes.map(([, value], index) => [`:set${index}`, value])),
      ...Object.fromEntries(from.map((state, index) => [`:from${index}`, state])),
    },
  });
  return item === undefined ? undefined : batchOfItem(item);
};
