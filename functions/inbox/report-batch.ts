import type { DurableContext } from '@aws/durable-execution-sdk-js';
import type { Batch, BatchState } from '#shared/batches/batch.ts';
import { announceBatch } from '#shared/batches/batch-events.ts';
import { advanceBatch, endBatch, type Work } from '#shared/batches/batch-progress.ts';
import { getBatch } from '#shared/batches/batch-store.ts';
import type { Parts } from './parts.ts';
import { JobsStillRunningError, type ReportRow, reportRows } from './report-rows.ts';
import { emptyTally, tallyBatch } from './tally.ts';
import { writeReport } from './write-report.ts';

/** What a durable execution led to; `stale` if another one has taken the batch over. */
export type BatchEnd = { state: BatchState | 'stale' };

/** Why a file is refused as a whole. */
export type Refusal = NonNullable<Batch['error']>;

/**
 * Reports on a batch whose jobs have ended by the count, and ends it. Each job is looked at once more: if one has not ended
 * after all, nothing is reported and the batch goes on.
 */
export const reportBatch = async (context: DurableContext, parts: Parts, work: Work): Promise<BatchEnd> => {
  const { state } = await context.step('report', () => reportOn(parts, work));
  return state === 'finished' ? announceEnd(context, parts, work) : { state };
};

/** Refuses a file as a whole: its report says why, and no line of it becomes a job. */
export const refuseBatch = async (
  context: DurableContext,
  parts: Parts,
  work: Work,
  refusal: Refusal,
): Promise<BatchEnd> => {
  const { state } = await context.step('refuse', async (): Promise<BatchEnd> => {
    const batch = await ownBatch(parts, work, 'reading');
    if (batch === undefined) return { state: 'stale' };
    await writeReport(parts, work.batchId, refusalRow(refusal));
    const end = { from: ['reading'], to: 'refused', changes: { error: refusal } } as const;
    return { state: (await endBatch(parts.table, work, end, batch.retentionSeconds))?.state ?? 'stale' };
  });
  return state === 'refused' ? announceEnd(context, parts, work) : { state };
};

const reportOn = async (parts: Parts, work: Work): Promise<BatchEnd> => {
  const { table, log } = parts;
  const batch = await ownBatch(parts, work, 'reporting');
  if (batch === undefined) return { state: 'stale' };
  const tally = emptyTally();
  try {
    await writeReport(parts, work.batchId, reportRows(parts, batch, tally));
  } catch (error) {
    if (!(error instanceof JobsStillRunningError)) throw error;
    const recounted = await tallyBatch(parts, batch);
    if (recounted === undefined) throw error;
    log.warn('A batch had been counted wrong and goes on.', { batchId: work.batchId });
    const { revision } = batch;
    const goesOn = { from: ['reporting'], to: 'running', changes: recounted, revision } as const;
    return { state: (await advanceBatch(table, work, goesOn))?.state ?? 'stale' };
  }
  const ended = await endBatch(
    table,
    work,
    { from: ['reporting'], to: 'finished', changes: tally },
    batch.retentionSeconds,
  );
  return { state: ended?.state ?? 'stale' };
};

/** The batch, if this execution is the last that was started for it and it is in this state. */
const ownBatch = async ({ table }: Parts, { batchId, work }: Work, state: BatchState): Promise<Batch | undefined> => {
  const batch = await getBatch(table, batchId);
  return batch?.works === work && batch.state === state ? batch : undefined;
};

async function* refusalRow(error: Refusal): AsyncGenerator<ReportRow> {
  yield { state: 'refused', outputs: [], links: [], seed: [], error };
}

const announceEnd = (context: DurableContext, { table, bus, log }: Parts, { batchId }: Work): Promise<BatchEnd> =>
  context.step('announce', async () => {
    const batch = await getBatch(table, batchId);
    if (batch === undefined) return { state: 'stale' };
    await announceBatch(table, bus, batch);
    log.info('batch ended', {
      batchId,
      state: batch.state,
      lines: batch.lines,
      ...batch.counts,
      rejected: batch.rejected,
    });
    return { state: batch.state };
  });
