import { type Batch, type EndState, endStates, type LineCounts, noEnds, noLines } from '#shared/batches/batch.ts';
import { linesAtOnce, readLineJobs } from '#shared/batches/batch-jobs.ts';
import { markCounted } from '#shared/batches/count-end.ts';
import { countedAs, idleLines } from '#shared/batches/line-items.ts';
import type { Parts } from '../context.ts';

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

/**
 * Counts a batch anew from its jobs. Jobs that ended uncounted are marked, so that nobody counts them later.
 *
 * @returns undefined if an end was counted just now: the batch does not stand still
 */
export const recountBatch = async ({ table }: Parts, { batchId, lines = 0 }: Batch): Promise<Tally | undefined> => {
  const tally = emptyCounts();
  const settledBefore = new Date(table.clock.now() - countingMs).toISOString();
  for (let first = 1; first <= lines; first += linesAtOnce) {
    const last = Math.min(lines, first + linesAtOnce - 1);
    for (const item of (
      await readLineJobs(table, batchId, { first, last }, ['jobId', 'state', 'countedAt'])
    ).values()) {
      tally.jobs += 1;
      const end = endStates.find((state) => state === item['state']);
      if (end === undefined) continue;
      const { countedAt } = item;
      const isSettled =
        countedAt === undefined ? await markCounted(table, String(item['jobId'])) : String(countedAt) < settledBefore;
      if (!isSettled) return undefined;
      tally.counts[end] += 1;
    }
  }
  for await (const { state } of idleLines(table, batchId)) tally[countedAs[state]] += 1;
  return tally;
};
