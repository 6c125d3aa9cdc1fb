import { tryTriggerDispatch } from '#shared/aws/invoke-functions.ts';
import type { Batch } from '#shared/batches/batch.ts';
import { type BatchChanges, type BatchRun, leaveBatch } from '#shared/batches/batch-progress.ts';
import { getBatch } from '#shared/batches/batch-store.ts';
import { takeBatchPlace } from '#shared/callers/admission.ts';
import type { InboxContext } from '../context.ts';
import { writeReceipt } from '../receipt.ts';

type WaitingRule = NonNullable<Batch['waiting']>['rule'];

const minPauseMs = 60_000;
const maxPauseMs = 10 * 60_000;

/**
 * Takes the place that the batch of a dropped file has waited for. One that is cancelled needs none: no line of it becomes a job.
 *
 * @returns false if there is none yet
 */
export const hasRoom = async (inbox: InboxContext, batch: Batch): Promise<boolean> => {
  const { table, readPolicy } = inbox;
  const { batchId, caller, waiting, cancelRequestedAt, source } = batch;
  if (waiting?.rule !== 'openBatches' || cancelRequestedAt !== undefined) return true;
  if (!(await takeBatchPlace(table, caller, await readPolicy(caller), batchId))) return false;
  if (source !== undefined) await writeReceipt(inbox, { batchId, source });
  return true;
};

/** Leaves a batch until its caller may have room for it or for its next lines, and says why it waits. No execution waits meanwhile. */
export const awaitRoom = async (
  inbox: InboxContext,
  run: BatchRun,
  rule: WaitingRule,
  changes: BatchChanges,
): Promise<void> => {
  const { table } = inbox;
  const now = table.clock.now();
  const known = await getBatch(table, run.batchId);
  const { waiting, readTo } = known ?? {};
  const isSameWait = waiting?.rule === rule && (changes.readTo === undefined || changes.readTo.line === readTo?.line);
  const since = isSameWait ? waiting.since : new Date(now).toISOString();
  const pauseMs = Math.min(maxPauseMs, Math.max(minPauseMs, (now - Date.parse(since)) / 10));
  const isDue = await leaveBatch(table, run, {
    from: ['reading'],
    to: 'reading',
    changes: { ...changes, waiting: { rule, since, run: run.run } },
    checkAtMs: now + pauseMs,
  });
  if (isDue) await tryTriggerDispatch(inbox);
};
