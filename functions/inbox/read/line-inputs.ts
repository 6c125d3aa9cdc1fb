import { type Batch, endedJobs } from '#shared/batches/batch.ts';
import { type ExpiringUrl, warnOfExpiry } from '#shared/inputs/expiring-urls.ts';
import type { NewJob } from '#shared/jobs/job.ts';
import { findLane } from '#shared/jobs/lanes/lane.ts';
import { countTurnsAhead } from '#shared/jobs/lanes/queue.ts';
import { buildRank } from '#shared/jobs/lanes/rounds.ts';
import { readLane } from '#shared/jobs/lanes/snapshot.ts';
import { earliestSubmit } from '#shared/jobs/lanes/wait-estimate.ts';
import type { InboxContext } from '../context.ts';

/** A line that becomes a job, and the presigned URLs of its inputs. */
export interface LineJob {
  job: NewJob;
  urls: readonly ExpiringUrl[];
}

/**
 * Estimates when lines start, once for all of a chunk and not at all if none of them names a presigned URL.
 *
 * @param lines at least one, all of one lane and priority
 * @param firstRound round of the first of them; the others follow it one by one
 * @returns what to know of the URLs of a line, by its number in `lines` from 0
 */
export const createExpiryWarnings = async (
  { table, lanes }: Pick<InboxContext, 'table' | 'lanes'>,
  batch: Pick<Batch, 'jobs' | 'counts'>,
  lines: readonly LineJob[],
  firstRound: number,
): Promise<(urls: readonly ExpiringUrl[], index: number) => string[]> => {
  const [first] = lines;
  if (first === undefined || lines.every(({ urls }) => urls.length === 0)) return () => [];
  const { priority, jobId, lane: name } = first.job;
  const lane = findLane(lanes, name);
  const rank = buildRank(priority, firstRound, jobId);
  const [snapshot, counted] = await Promise.all([readLane(lane), countTurnsAhead(lane, { priority, rank })]);
  // Jobs of the queue are counted up to a limit, those of the batch are known.
  const turnsAhead = Math.max(counted, batch.jobs - endedJobs(batch));
  const now = table.clock.now();
  return (urls, index) => {
    if (urls.length === 0) return [];
    return warnOfExpiry(urls, earliestSubmit(snapshot, lane.limits, turnsAhead + index, now));
  };
};
