import { type Batch, type LineCounts, noEnds, noLines } from '#shared/batches/batch.ts';
import { lineJobSchema, lineJobs } from '#shared/batches/batch-jobs.ts';
import { markCounted } from '#shared/batches/count-end.ts';
import { countedAs, skippedLines } from '#shared/batches/line-items.ts';
import { type FinalState, isFinal } from '#shared/jobs/job.ts';
import { isRefusedWrite } from '#shared/jobs/set-aside.ts';
import { once } from '#shared/once.ts';
import type { InboxContext } from '../context.ts';

/** What the lines of a batch have become, and how its jobs have ended. */
export interface BatchCounts extends LineCounts {
  counts: Record<FinalState, number>;
}

/** Nothing counted yet. */
export const emptyCounts = (): BatchCounts => ({ ...noLines, counts: { ...noEnds } });

// A job that has just been marked as counted is about to raise the batch's count, unless that process crashed.
const countingMs = 60_000;

const countedJob = once(() => lineJobSchema().pick({ jobId: true, state: true, countedAt: true }));

/**
 * Counts a batch again from its jobs. Jobs that ended uncounted are marked, so that they are not counted later.
 *
 * @returns undefined if an end was counted just now: the batch does not stand still
 */
export const recountBatch = async (
  inbox: InboxContext,
  { batchId, lines = 0 }: Batch,
): Promise<BatchCounts | undefined> => {
  const { table } = inbox;
  const batchCounts = emptyCounts();
  const settledBefore = new Date(table.clock.now() - countingMs).toISOString();
  for await (const { jobs } of lineJobs(table, batchId, { last: lines }, countedJob())) {
    for (const { jobId, state, countedAt } of jobs.values()) {
      batchCounts.jobs += 1;
      if (!isFinal(state)) continue;
      const isSettled = countedAt === undefined ? await tryMarkCounted(inbox, jobId) : countedAt < settledBefore;
      if (!isSettled) return undefined;
      batchCounts.counts[state] += 1;
    }
  }
  for await (const { state } of skippedLines(table, batchId)) batchCounts[countedAs[state]] += 1;
  return batchCounts;
};

/** A record that cannot take the mark is counted by no other process either. */
const tryMarkCounted = async ({ table, log }: InboxContext, jobId: string): Promise<boolean> => {
  try {
    return await markCounted(table, jobId);
  } catch (error) {
    if (!isRefusedWrite(error)) throw error;
    log.error('The record of a job takes no mark that it was counted.', { jobId, error: String(error) });
    return true;
  }
};
