import * as z from 'zod';
import type { Job } from '#shared/jobs/job.ts';
import { isHolding, readCallerPause } from '#shared/jobs/lanes/caller-pauses.ts';
import { findLane } from '#shared/jobs/lanes/lane.ts';
import { countLimit, countTurnsAhead, createKeptCounts } from '#shared/jobs/lanes/queue-counts.ts';
import { readLane } from '#shared/jobs/lanes/snapshot.ts';
import { earliestSubmit } from '#shared/jobs/lanes/wait-estimate.ts';
import { once } from '#shared/once.ts';
import type { ApiContext } from '../context.ts';
import { toIso } from '../http/problem.ts';

/** What is told of a job's place in the queue and its time. */
export const waitFields = once(() => ({
  queuePosition: z.int().optional().meta({ description: '1 is served next, if nothing else comes in' }),
  queuePositionIsMinimum: z
    .boolean()
    .optional()
    .meta({
      description: `True at place ${countLimit}, where counting ends: it may be any place from there on`,
    }),
  estimatedStart: z.iso
    .datetime()
    .optional()
    .meta({ description: 'When it will be submitted, as the queue stands; absent while an operator pauses it' }),
  estimatedStartIsMinimum: z.boolean().optional(),
  callerPausedSince: z.iso.datetime().optional().meta({
    description:
      'An operator has paused you since then: the job is kept, and has neither place nor time until you are resumed',
  }),
}));

const waitEstimate = once(() => z.object(waitFields()));

/** A job's place in the queue and its time. */
export type WaitEstimate = z.output<ReturnType<typeof waitEstimate>>;

/** What the estimate for a job follows from. */
export type WaitingJob = Pick<Job, 'state' | 'caller' | 'lane' | 'priority' | 'rank' | 'delayedUntil' | 'submitAt'>;

/**
 * Makes the estimate of when a waiting job's turn comes, as the queue stands now; later jobs of higher priority or of callers with
 * fewer jobs may overtake it. Position 1 is served next. There is no time while an operator pauses the queue, and no place
 * while the caller is paused. Counts may be a few seconds old.
 */
export const createWaitEstimate = ({
  table,
  lanes,
}: Pick<ApiContext, 'table' | 'lanes'>): ((job: WaitingJob) => Promise<WaitEstimate>) => {
  const count = createKeptCounts(table.clock);
  return async (job) => {
    if (job.state !== 'queued' && job.state !== 'scheduled') return {};
    const pause = await readCallerPause(table, job.caller);
    if (pause !== undefined && isHolding(pause)) return { callerPausedSince: toIso(pause.since) };
    // After lost turns others go first until then; it has no place in the queue meanwhile.
    if (job.delayedUntil !== undefined) return { estimatedStart: job.delayedUntil, estimatedStartIsMinimum: true };
    const lane = findLane(lanes, job.lane);
    const snapshot = await readLane(lane);
    if (job.state === 'scheduled') {
      return { estimatedStart: snapshot.operatorPause === undefined ? toIso(job.submitAt) : undefined };
    }
    const turnsAhead = await countTurnsAhead(lane, job, { count, turns: snapshot.turns });
    // The queue is longer than what is counted, or jobs are still coming back into it.
    const isMinimum = turnsAhead >= countLimit || pause !== undefined;
    const estimatedStart = toIso(earliestSubmit(snapshot, lane.limits, turnsAhead, table.clock.now()));
    return {
      queuePosition: Math.min(turnsAhead + 1, countLimit),
      queuePositionIsMinimum: isMinimum,
      estimatedStart,
      estimatedStartIsMinimum: estimatedStart === undefined ? undefined : isMinimum,
    };
  };
};
