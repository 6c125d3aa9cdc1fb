import type { Batch, LineCounts, ReadPosition } from '#shared/batches/batch.ts';

/** What lines have become. */
export type Counts = LineCounts & Pick<Batch, 'jobsInLanes'>;

/** How far the reading has come, and what the lines so far have become. */
export type Reached = ReadPosition &
  Counts & {
    /** Set where the next line waits for a place in the queue: up to which line requests are counted. */
    countedTo?: number;
  };

/** The counts alone. */
export const pickCounts = ({ jobs, rejected, skipped, jobsInLanes }: Counts): Counts => ({
  jobs,
  rejected,
  skipped,
  jobsInLanes,
});

/** Counts more jobs, each given by its lane. */
export const addToLanes = (known: Batch['jobsInLanes'], lanes: readonly string[]): Batch['jobsInLanes'] => {
  const sums = { ...known };
  for (const lane of lanes) sums[lane] = (sums[lane] ?? 0) + 1;
  return sums;
};
