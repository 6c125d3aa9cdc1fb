import { dispatchNow } from '#shared/aws/invoke-dispatch.ts';
import type { Table } from '#shared/aws/table.ts';
import type { Priority } from '#shared/jobs/job.ts';
import { readServedRound } from '#shared/jobs/queue.ts';
import { lookaheadMs, readQuota } from '#shared/jobs/quota.ts';
import { earliestSubmit } from '#shared/jobs/wait-estimate.ts';
import type { ApiContext } from '../context.ts';

// How long a job that comes in just after the end of a pause may have to wait for the schedule at most.
const maxPauseAgeMs = 5_000;

/**
 * Triggers dispatch for a new job, unless every permit is taken beyond what dispatch plans ahead: then the schedule's next run
 * is as good, and ten thousand new jobs cost one read of the quota a minute instead of ten thousand dispatches. While an
 * operator pauses the queue nothing is triggered; resuming it invokes dispatch.
 */
export const createThrottledDispatch = (context: ApiContext): (() => Promise<void>) => {
  const { table, limits, log } = context;
  // Permits only ever move on; a permit that is released early comes with a dispatch of its own.
  let uselessUntil = 0;
  return async () => {
    if (table.clock.now() < uselessUntil) return;
    try {
      const quota = await readQuota(table, limits);
      const submitAt = earliestSubmit(quota, limits, 0, table.clock.now());
      uselessUntil = submitAt === undefined ? table.clock.now() + maxPauseAgeMs : submitAt - lookaheadMs;
    } catch (error) {
      log.warn('The quota could not be read.', { error: error instanceof Error ? error.name : 'unknown' });
    }
    if (table.clock.now() >= uselessUntil) await dispatchNow(context);
  };
};

// Rounds are served at the pace of permits, a few a minute: a moment's delay moves no caller ahead by more than a place.
const maxRoundAgeMs = 2_000;

/** Reads the last served round of a priority at most once in two seconds: every new job needs it. */
export const createServedRounds = (table: Table): ((priority: Priority) => Promise<number>) => {
  const known = new Map<Priority, { round: number; readAt: number }>();
  return async (priority) => {
    const last = known.get(priority);
    if (last !== undefined && table.clock.now() - last.readAt < maxRoundAgeMs) return last.round;
    const round = await readServedRound(table, priority);
    known.set(priority, { round, readAt: table.clock.now() });
    return round;
  };
};
