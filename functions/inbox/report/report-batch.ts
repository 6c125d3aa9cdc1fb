import type { DurableContext } from '@aws/durable-execution-sdk-js';
import type { Batch, BatchState } from '#shared/batches/batch.ts';
import { announceBatch } from '#shared/batches/batch-events.ts';
import { advanceBatch, endBatch, type Work } from '#shared/batches/batch-progress.ts';
import { getBatch } from '#shared/batches/batch-store.ts';
import type { Parts } from '../context.ts';
import { emptyCounts, recountBatch, type Tally } from './recount.ts';
import { startRetention } from './retention.ts';
import { JobsStillRunningError, type ReportRow, reportRows } from './rows.ts';
import { writeReport } from './write.ts';

/** What a durable execution led to; `stale` if another one has taken the batch over. */
export type BatchEnd = { state: BatchState | 'stale' };

/** Why a file is refused as a whole. */
export type Refusal = NonNullable<Batch['error']>;

/** What writing the report led to. */
type Reported = { kind: 'written'; tally: Tally; lines: number } | { kind: 'not_written'; state: BatchEnd['state'] };

// Whoever has just counted an end is done by then, so that the batch can be counted anew.
const soonMs = 2 * 60_000;

/**
 * Reports on a batch whose jobs have ended by the count, and ends it. Each job is looked at once more: if one has not ended
 * after all, nothing is reported and the batch goes on.
 */
export const reportBatch = async (context: DurableContext, parts: Parts, work: Work): Promise<BatchEnd> => {
  const reported = await context.step('report', () => reportOn(parts, work));
  if (reported.kind === 'not_written') return { state: reported.state };
  if (!(await startRetention(context, parts, work, reported.lines))) return { state: 'stale' };
  const { state } = await context.step('end', () => endReported(parts, work, reported.tally));
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
    const batch = await takeTime(parts, work, 'reading');
    if (batch === undefined) return { state: 'stale' };
    await writeReport(parts, work.batchId, refusalRow(refusal));
    const end = { from: ['reading'], to: 'refused', changes: { error: refusal } } as const;
    return { state: (await endBatch(parts.table, work, end, batch.retentionSeconds))?.state ?? 'stale' };
  });
  return state === 'refused' ? announceEnd(context, parts, work) : { state };
};

const reportOn = async (parts: Parts, work: Work): Promise<Reported> => {
  const batch = await takeTime(parts, work, 'reporting');
  if (batch === undefined) return { kind: 'not_written', state: 'stale' };
  const tally = emptyCounts();
  try {
    await writeReport(parts, work.batchId, reportRows(parts, batch, tally));
  } catch (error) {
    if (!(error instanceof JobsStillRunningError)) throw error;
    return { kind: 'not_written', state: await goOn(parts, work, batch) };
  }
  return { kind: 'written', tally, lines: batch.lines ?? 0 };
};

/** Corrects the counts of a batch that had been counted too far; not while ends are being counted, but soon after. */
const goOn = async (parts: Parts, work: Work, batch: Batch): Promise<BatchEnd['state']> => {
  const { table, log } = parts;
  const recounted = await recountBatch(parts, batch);
  const soon = table.clock.now() + soonMs;
  if (recounted !== undefined) {
    const changes = { ...recounted, tries: 0 };
    const step = { from: ['reporting'], to: 'running', changes, revision: batch.revision, checkAtMs: soon } as const;
    const running = await advanceBatch(table, work, step);
    if (running !== undefined) {
      log.warn('A batch had been counted wrong and goes on.', { batchId: work.batchId });
      return running.state;
    }
  }
  const later = await advanceBatch(table, work, { from: ['reporting'], to: 'reporting', checkAtMs: soon });
  return later?.state ?? 'stale';
};

const endReported = async ({ table }: Parts, work: Work, tally: Tally): Promise<BatchEnd> => {
  const batch = await getBatch(table, work.batchId);
  if (batch === undefined) return { state: 'stale' };
  const end = { from: ['reporting'], to: 'finished', changes: tally } as const;
  return { state: (await endBatch(table, work, end, batch.retentionSeconds))?.state ?? 'stale' };
};

/** The batch, and as much time as a step may take, if no newer execution has taken over and it is in this state. */
const takeTime = ({ table }: Parts, work: Work, state: BatchState): Promise<Batch | undefined> =>
  advanceBatch(table, work, { from: [state], to: state });

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
