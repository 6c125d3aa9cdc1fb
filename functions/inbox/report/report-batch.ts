import type { DurableContext } from '@aws/durable-execution-sdk-js';
import type { Batch, BatchState } from '#shared/batches/batch.ts';
import { advanceBatch, type BatchRun, endBatch } from '#shared/batches/batch-progress.ts';
import { getBatch } from '#shared/batches/batch-store.ts';
import { publishEnded } from '#shared/outbox/publish-ended.ts';
import type { InboxContext } from '../context.ts';
import { type BatchCounts, recountBatch } from './recount.ts';
import { startRetention } from './retention.ts';
import { emptyRowCounts, JobsStillRunningError, type ReportRow, type RowCounts, reportRows } from './rows.ts';
import { writeReport } from './write.ts';

/** What a durable execution led to; `stale` if another one has taken the batch over. */
export type BatchEnd = { state: BatchState | 'stale' };

/** Why a file is refused as a whole. */
export type Refusal = NonNullable<Batch['error']>;

/** What writing the report led to. */
type Reported =
  | { kind: 'written'; counts: RowCounts; lines: number }
  | { kind: 'not_written'; state: BatchEnd['state'] };

// A process that has just counted an end is done by then, so that the batch can be recounted.
const soonMs = 2 * 60_000;

/**
 * Reports on a batch whose jobs have ended by the count, and ends it. Each job is read once more: if one has not ended
 * after all, nothing is reported and the batch goes on. While its last
 * outputs are being inspected the report waits a little and is written again; what takes longer does not hold up the end of a batch.
 */
export const reportBatch = async (context: DurableContext, inbox: InboxContext, run: BatchRun): Promise<BatchEnd> => {
  let reported = await context.step('report', () => tryReport(inbox, run));
  for (const seconds of inbox.inspectionWaits ?? []) {
    if (reported.kind !== 'written' || reported.counts.pending === 0) break;
    await context.wait(`inspections for ${seconds} s`, { seconds });
    reported = await context.step(`report after ${seconds} s`, () => tryReport(inbox, run));
  }
  if (reported.kind === 'not_written') return { state: reported.state };
  const { counts, lines } = reported;
  if (!(await startRetention(context, inbox, run, lines))) return { state: 'stale' };
  const { state } = await context.step('end', () => finishBatch(inbox, run, counts.batch));
  return state === 'finished' ? publishBatchEnded(context, inbox, run) : { state };
};

/** Refuses a file as a whole: its report says why, and no line of it becomes a job. */
export const refuseBatch = async (
  context: DurableContext,
  inbox: InboxContext,
  run: BatchRun,
  refusal: Refusal,
): Promise<BatchEnd> => {
  const { state } = await context.step('refuse', async (): Promise<BatchEnd> => {
    const batch = await renewLease(inbox, run, 'reading');
    if (batch === undefined) return { state: 'stale' };
    await writeReport(inbox, batch, refusalRow(refusal));
    const end = { from: ['reading'], to: 'refused', changes: { error: refusal } } as const;
    return { state: (await endBatch(inbox.table, run, end, batch.retentionSeconds))?.state ?? 'stale' };
  });
  return state === 'refused' ? publishBatchEnded(context, inbox, run) : { state };
};

const tryReport = async (inbox: InboxContext, run: BatchRun): Promise<Reported> => {
  const batch = await renewLease(inbox, run, 'reporting');
  if (batch === undefined) return { kind: 'not_written', state: 'stale' };
  const counts = emptyRowCounts();
  try {
    await writeReport(inbox, batch, reportRows(inbox, batch, counts));
  } catch (error) {
    if (!(error instanceof JobsStillRunningError)) throw error;
    return { kind: 'not_written', state: await resumeBatch(inbox, run, batch) };
  }
  return { kind: 'written', counts, lines: batch.lines ?? 0 };
};

/** Corrects the counts of a batch that had been counted too far; not while ends are being counted, but soon after. */
const resumeBatch = async (inbox: InboxContext, run: BatchRun, batch: Batch): Promise<BatchEnd['state']> => {
  const { table, log } = inbox;
  const recounted = await recountBatch(inbox, batch);
  const soon = table.clock.now() + soonMs;
  if (recounted !== undefined) {
    const changes = { ...recounted, readAttempts: 0 };
    const step = { from: ['reporting'], to: 'running', changes, revision: batch.revision, checkAtMs: soon } as const;
    const running = await advanceBatch(table, run, step);
    if (running !== undefined) {
      log.warn('A batch had been counted wrong and goes on.', { batchId: run.batchId });
      return running.state;
    }
  }
  const later = await advanceBatch(table, run, { from: ['reporting'], to: 'reporting', checkAtMs: soon });
  return later?.state ?? 'stale';
};

const finishBatch = async ({ table }: InboxContext, run: BatchRun, batchCounts: BatchCounts): Promise<BatchEnd> => {
  const batch = await getBatch(table, run.batchId);
  if (batch === undefined) return { state: 'stale' };
  const end = { from: ['reporting'], to: 'finished', changes: batchCounts } as const;
  return { state: (await endBatch(table, run, end, batch.retentionSeconds))?.state ?? 'stale' };
};

/** The batch, and as much time as a step may take, if no newer execution has taken over and it is in this state. */
const renewLease = ({ table }: InboxContext, run: BatchRun, state: BatchState): Promise<Batch | undefined> =>
  advanceBatch(table, run, { from: [state], to: state });

async function* refusalRow(error: Refusal): AsyncGenerator<ReportRow> {
  yield { state: 'refused', outputs: [], links: [], seed: [], error };
}

const publishBatchEnded = (context: DurableContext, inbox: InboxContext, { batchId }: BatchRun): Promise<BatchEnd> =>
  context.step('publish', async () => {
    const batch = await getBatch(inbox.table, batchId);
    if (batch === undefined) return { state: 'stale' };
    await publishEnded(inbox, batch);
    inbox.log.info('batch ended', {
      batchId,
      state: batch.state,
      lines: batch.lines,
      ...batch.counts,
      rejected: batch.rejected,
    });
    return { state: batch.state };
  });
