import { isComplete } from '#shared/batches/batch.ts';
import { advanceBatch, awaitJobs, type BatchRun } from '#shared/batches/batch-progress.ts';
import { getBatch } from '#shared/batches/batch-store.ts';
import { needsRun } from '#shared/batches/open-batches.ts';
import type { InboxContext } from './context.ts';
import { recountBatch } from './report/recount.ts';

/**
 * Finds out whether all jobs of a batch have ended; one that stands still is counted anew.
 *
 * @returns whether the report is due; if not, the batch has been left to its jobs
 */
export const checkCompletion = async (inbox: InboxContext, run: BatchRun): Promise<boolean> => {
  const { table } = inbox;
  let batch = await getBatch(table, run.batchId);
  if (batch?.run !== run.run) return false;
  if (batch.state === 'reporting') return true;
  if (batch.state !== 'running') return false;
  if (!isComplete(batch) && needsRun(batch, table.clock.now())) {
    const tally = await recountBatch(inbox, batch);
    const recounted =
      tally &&
      (await advanceBatch(table, run, { from: ['running'], to: 'running', changes: tally, revision: batch.revision }));
    batch = recounted ?? (await getBatch(table, run.batchId)) ?? batch;
  }
  if (!isComplete(batch)) {
    await awaitJobs(table, run, batch);
    return false;
  }
  // Whoever counted the last job may have asked for the report already.
  return (await advanceBatch(table, run, { from: ['running', 'reporting'], to: 'reporting' })) !== undefined;
};
