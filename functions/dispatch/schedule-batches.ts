import { batchKey, setAsideBatch } from '#shared/batches/batch-store.ts';
import { claimRun, type DueBatch, dueBatches, needsRun, postponeCheck } from '#shared/batches/open-batches.ts';
import { isOfRecord } from '#shared/jobs/set-aside.ts';
import { metricNames } from '#shared/metrics.ts';
import { type DispatchContext, runExecutionName } from './context.ts';
import { pageSize, workThrough } from './work-through.ts';

// Bounds the work of one run; the next minute goes on. Thousands of files may have been dropped at once.
const maxMs = 20_000;

type BatchesContext = Pick<DispatchContext, 'table' | 'startRun' | 'log' | 'recordMetric'>;

/**
 * Starts a durable execution for every batch that has something to do: a file to be read, a crash to recover from, a
 * cancellation, a report.
 */
export const scheduleBatches = async (context: BatchesContext): Promise<{ runs: number }> => {
  const { table } = context;
  return {
    runs: await workThrough(table.clock, dueBatches(table, pageSize), maxMs, (due) => tryToStartRun(context, due)),
  };
};

const tryToStartRun = async (context: BatchesContext, due: DueBatch): Promise<boolean> => {
  try {
    return await startDueRun(context, due);
  } catch (error) {
    // One batch that cannot be handled must not keep the others waiting; it stays due unless its record is at fault.
    const { batchId } = due.batch;
    context.log.error('A batch could not be looked at.', { batchId, error: String(error) });
    if (isOfRecord(error)) await setAside(context, batchId);
    return false;
  }
};

const setAside = async ({ table, log, recordMetric }: BatchesContext, batchId: string): Promise<void> => {
  try {
    await setAsideBatch(table, batchKey(batchId));
    recordMetric(metricNames.batchesSetAside, 1);
  } catch (failure) {
    log.error('A batch could not be set aside; the next run tries again.', { batchId, error: String(failure) });
  }
};

const startDueRun = async ({ table, startRun, log }: BatchesContext, due: DueBatch): Promise<boolean> => {
  if (!needsRun(due.batch, table.clock.now())) {
    await postponeCheck(table, due);
    return false;
  }
  const batch = await claimRun(table, due);
  if (batch === undefined) return false;
  const run = { batchId: batch.batchId, run: batch.run };
  try {
    await startRun(run, runExecutionName(run));
    return true;
  } catch (error) {
    // It is due again when the execution would have to be lost.
    log.error('The durable execution of a batch could not be started.', { ...run, error: String(error) });
    return false;
  }
};
