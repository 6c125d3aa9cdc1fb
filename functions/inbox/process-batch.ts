import type { DurableContext } from '@aws/durable-execution-sdk-js';
import type { BatchRun } from '#shared/batches/batch-progress.ts';
import { getBatch } from '#shared/batches/batch-store.ts';
import { cancelJobs } from './cancel/cancel-jobs.ts';
import type { InboxContext } from './context.ts';
import { readRequests } from './read/read-requests.ts';
import { type BatchEnd, refuseBatch, reportBatch } from './report/report-batch.ts';
import { checkCompletion } from './settle.ts';

/**
 * What there is to do for a batch, top to bottom: its file becomes jobs, a cancellation reaches them, and once all have
 * ended there is a report. While jobs run nobody waits for them: the batch is looked at again when the last one has ended,
 * or when it stands still. Everything that is not a step is repeated at each resume.
 */
export const processBatch = async (context: DurableContext, run: BatchRun, inbox: InboxContext): Promise<BatchEnd> => {
  const state = await context.step('plan', () => readState(inbox, run));
  if (state === 'stale' || state === 'finished' || state === 'refused') return { state };

  if (state === 'reading') {
    const reading = await readRequests(context, inbox, run);
    if (reading.kind === 'refused') return refuseBatch(context, inbox, run, reading.refusal);
    if (reading.kind === 'stale') return { state: 'stale' };
    if (reading.kind === 'continues') return { state: 'reading' };
  }
  if (state !== 'reporting') await cancelJobs(context, inbox, run);
  const isReportDue = await context.step('settle', () => checkCompletion(inbox, run));
  return isReportDue ? reportBatch(context, inbox, run) : { state: 'running' };
};

const readState = async ({ table }: InboxContext, { batchId, run }: BatchRun): Promise<BatchEnd['state']> => {
  const batch = await getBatch(table, batchId);
  return batch?.run === run ? batch.state : 'stale';
};
