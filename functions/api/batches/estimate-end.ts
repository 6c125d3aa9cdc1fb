import { type Batch, endedJobs } from '#shared/batches/batch.ts';
import { isHolding, readCallerPause } from '#shared/jobs/lanes/caller-pauses.ts';
import type { Lane } from '#shared/jobs/lanes/lane.ts';
import { type CountQueued, turnsUntilLast } from '#shared/jobs/lanes/queue-counts.ts';
import { readLane } from '#shared/jobs/lanes/snapshot.ts';
import { earliestSubmit } from '#shared/jobs/lanes/wait-estimate.ts';
import type { ApiContext } from '../context.ts';
import { toIso } from '../http/problem.ts';

/**
 * Estimates when the last job of a batch will be submitted: each lane under its own limits, with the turns in between of what waits there
 * now at other priorities. Which lanes the jobs that have ended were of is not counted, so that those of a batch of several services may be
 * done earlier; lines that are still to be read are taken to be like those before them.
 *
 * @returns ISO; undefined before the first job, for jobs of an earlier version alone, while the caller is paused, or the queue
 */
export const estimateEnd = async (
  { table, lanes }: Pick<ApiContext, 'table' | 'lanes'>,
  batch: Batch,
  count: CountQueued,
): Promise<string | undefined> => {
  const now = table.clock.now();
  const unread = Math.max(0, (batch.lines ?? 0) - batch.jobs - batch.rejected - batch.skipped);
  const unfinished = Math.max(0, batch.jobs - endedJobs(batch) + unread);
  if (unfinished === 0) return toIso(now);
  const pause = await readCallerPause(table, batch.caller);
  if (pause !== undefined && isHolding(pause)) return undefined;
  const estimateLast = async (lane: Lane, jobs: number): Promise<number | undefined> => {
    const [snapshot, ahead] = await Promise.all([readLane(lane), turnsUntilLast(lane, batch.priority, jobs, count)]);
    return earliestSubmit(snapshot, lane.limits, ahead, now);
  };
  const inLanes = Object.entries(batch.jobsInLanes ?? {});
  // Of a batch that an earlier version began, the lanes of the first jobs are not counted.
  const counted = inLanes.reduce((sum, [, jobs]) => sum + jobs, 0);
  const ends = inLanes.flatMap(([name, jobs]) => {
    const lane = lanes.get(name);
    const expected = Math.ceil((jobs * (batch.jobs + unread)) / counted);
    // Jobs of a service that has been turned off since get no turns.
    return lane === undefined ? [] : [estimateLast(lane, Math.min(unfinished, expected))];
  });
  const times = await Promise.all(ends);
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 || known.length < times.length ? undefined : toIso(Math.max(...known));
};
