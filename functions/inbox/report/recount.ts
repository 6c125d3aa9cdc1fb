import { type Batch, type EndState, endStates, type LineCounts, noEnds, noLines } from '#shared/batches/batch.ts';
import { lineJobSchema, lineJobs } from '#shared/batches/batch-jobs.ts';
import { markCounted } from '#shared/batches/count-end.ts';
import { countedAs, skippedLines } from '#shared/batches/line-items.ts';
import type { InboxContext } from '../context.ts';

/** What the table says about every line of a batch. */
export interface Tally extends LineCounts {
  counts: Record<EndState, number>;
}

/** Ends and lines, none counted yet. */
export const emptyCounts = (): Tally => ({
  ...noLines,
  counts: { ...noEnds },
});

// Whoever marked a job as counted is about to raise the batch's count, unless it crashed.
const countingMs = 60_000;

const countedJob = lineJobSchema.pick({ jobId: true, state: true, countedAt: true });

/**
 * Counts a batch anew from its jobs. Jobs that ended uncounted are marked, so that nobody counts them later.
 *
 * @returns undefined if an end was counted just now: the batch does not stand still
 */
export const recountBatch = async (
  { table }: InboxContext,
  { batchId, lines = 0 }: Batch,
): Promise<Tally | undefined> => {
  const tally = emptyCounts();
  const settledBefore = new Date(table.clock.now() - countingMs).toISOString();
  for await (const { jobs } of lineJobs(table, batchId, { last: lines }, countedJob)) {
    for (const { jobId, state, countedAt } of jobs.values()) {
      tally.jobs += 1;
      const end = endStates.find((one) => one === state);
      if (end === undefined) continue;
      const isSettled = countedAt === undefined ? await markCounted(table, jobId) : countedAt < settledBefore;
      if (!isSettled) return undefined;
      tally.counts[end] += 1;
    }
  }
  for await (const { state } of skippedLines(table, batchId)) tally[countedAs[state]] += 1;
  return tally;
};
