import { isFinal, type Job } from '#shared/jobs/job.ts';
import { getJob } from '#shared/jobs/job-store.ts';
import { isHolding, readCallerPause } from '#shared/jobs/lanes/caller-pauses.ts';
import { findLane } from '#shared/jobs/lanes/lane.ts';
import { countTurnsAhead } from '#shared/jobs/lanes/queue-counts.ts';
import { readLane } from '#shared/jobs/lanes/snapshot.ts';
import { earliestSubmit } from '#shared/jobs/lanes/wait-estimate.ts';
import type { ApiContext } from '../context.ts';
import { unknownJob } from '../jobs/get.ts';

// No picture was ever made, fetched and stored faster.
const minGenerationMs = 1_000;
const firstPauseMs = 250;
const maxPauseMs = 500;

/**
 * Waits for the end of a job by polling the table, until the deadline at most, and not once it is certain that the job will
 * not end before it.
 *
 * @param deadline epoch ms
 * @returns the job as it was last seen, finished or not
 * @throws {ProblemError} 404 if it is erased meanwhile
 */
export const awaitJob = async (context: ApiContext, known: Job, deadline: number): Promise<Job> => {
  const { table, sleep } = context;
  const latestSubmit = deadline - minGenerationMs;
  let job = known;
  const queueIsTooLong =
    job.state === 'queued' && ((await estimateStart(context, job)) ?? Number.POSITIVE_INFINITY) > latestSubmit;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(maxPauseMs, pauseMs + 50)) {
    if (isFinal(job.state)) return job;
    if (job.state === 'scheduled' && job.submitAt !== undefined && job.submitAt > latestSubmit) return job;
    const leftMs = deadline - table.clock.now();
    if (leftMs <= 0) return job;
    await sleep(Math.min(pauseMs, leftMs));
    const current = await getJob(table, job.jobId);
    if (current === undefined) throw unknownJob();
    job = current;
    // Only now: what looked like a taken permit may have been the one that dispatch was just giving to this very job.
    if (queueIsTooLong && job.state === 'queued') return job;
  }
};

/** When a job can be submitted, in epoch ms, at the earliest; undefined while an operator pauses the queue or the caller. */
export const estimateStart = async (
  { table, lanes }: ApiContext,
  job: Pick<Job, 'caller' | 'lane' | 'priority' | 'rank'>,
): Promise<number | undefined> => {
  const now = table.clock.now();
  const lane = findLane(lanes, job.lane);
  const pause = await readCallerPause(table, job.caller);
  if (pause !== undefined && isHolding(pause)) return undefined;
  const [snapshot, turnsAhead] = await Promise.all([readLane(lane), countTurnsAhead(lane, job)]);
  return earliestSubmit(snapshot, lane.limits, turnsAhead, now);
};
