import type { DurableContext } from '@aws/durable-execution-sdk-js';
import { tryTriggerDispatch } from '#shared/aws/invoke-functions.ts';
import { isComplete } from '#shared/batches/batch.ts';
import { advanceBatch, awaitJobs, type BatchRun } from '#shared/batches/batch-progress.ts';
import { getBatch } from '#shared/batches/batch-store.ts';
import { needsRun } from '#shared/batches/open-batches.ts';
import { cancelJobs } from './cancel/cancel-jobs.ts';
import type { InboxContext } from './context.ts';
import { eraseLinesFile } from './erase/batch-files.ts';
import { type ErasureEnd, eraseBatch } from './erase/erase-batch.ts';
import { readRequests } from './read/read-requests.ts';
import { recountBatch } from './report/recount.ts';
import { type BatchEnd, refuseBatch, reportBatch } from './report/report-batch.ts';

/**
 * What there is to do for a batch, top to bottom: its file becomes jobs, a cancellation reaches them, and once all have
 * ended there is a report. No execution waits while jobs run: dispatch starts another one when the last job has ended, or
 * when the batch stands still. Everything that is not a step is repeated at each resume.
 */
export const processBatch = async (
  context: DurableContext,
  run: BatchRun,
  inbox: InboxContext,
): Promise<BatchEnd | ErasureEnd> => {
  const state = await context.step('plan', () => readState(inbox, run));
  if (state === 'stale' || state === 'finished' || state === 'refused') return { state };

  if (state === 'erasing') return eraseBatch(context, inbox, run);

  const reading = state === 'reading' ? await readRequests(context, inbox, run) : undefined;
  if (reading?.kind === 'stale') return { state: 'stale' };
  if (reading?.kind === 'continues') return { state: 'reading' };
  // Also in later runs: the one that has read the file may have ended before it came here.
  await context.step('erase the lines file', () => eraseLinesFile(inbox, run.batchId));
  if (reading?.kind === 'refused') return refuseBatch(context, inbox, run, reading.refusal);
  if (state !== 'reporting') await cancelJobs(context, inbox, run);
  const isReportDue = await context.step('check completion', () => checkCompletion(inbox, run));
  return isReportDue ? reportBatch(context, inbox, run) : { state: 'running' };
};

const readState = async ({ table }: InboxContext, { batchId, run }: BatchRun): Promise<BatchEnd['state']> => {
  const batch = await getBatch(table, batchId);
  return batch?.run === run ? batch.state : 'stale';
};

/**
 * Finds out whether all jobs of a batch have ended; a batch that stands still is recounted.
 *
 * @returns whether the report is due; if not, the batch has been left to its jobs
 */
const checkCompletion = async (inbox: InboxContext, run: BatchRun): Promise<boolean> => {
  const { table } = inbox;
  let batch = await getBatch(table, run.batchId);
  if (batch?.run !== run.run) return false;
  if (batch.state === 'reporting') return true;
  if (batch.state !== 'running') return false;
  if (!isComplete(batch) && needsRun(batch, table.clock.now())) {
    const changes = await recountBatch(inbox, batch);
    const recounted =
      changes &&
      (await advanceBatch(table, run, { from: ['running'], to: 'running', changes, revision: batch.revision }));
    batch = recounted ?? (await getBatch(table, run.batchId)) ?? batch;
  }
  if (!isComplete(batch)) {
    if (await awaitJobs(table, run, batch)) await tryTriggerDispatch(inbox);
    return false;
  }
  // The end that was counted last may have requested the report already.
  return (await advanceBatch(table, run, { from: ['running', 'reporting'], to: 'reporting' })) !== undefined;
};
