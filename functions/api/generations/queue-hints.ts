import { tryTriggerDispatch } from '#shared/aws/invoke-functions.ts';
import type { Table } from '#shared/aws/table.ts';
import type { Clock } from '#shared/clock.ts';
import { type CallerPause, isHolding, listCallerPauses } from '#shared/jobs/lanes/caller-pauses.ts';
import { findLane, type Lane, lookaheadMs } from '#shared/jobs/lanes/lane.ts';
import { type ReadServedRound, readServedRound } from '#shared/jobs/lanes/rounds.ts';
import { type LaneSnapshot, readLane } from '#shared/jobs/lanes/snapshot.ts';
import { earliestSubmit } from '#shared/jobs/lanes/wait-estimate.ts';
import type { ApiContext } from '../context.ts';
import { createMemory } from '../remember.ts';

// How long a job that comes in just after the end of a pause may have to wait for the schedule at most.
const maxPauseAgeMs = 5_000;

// Other processes may give the same room to jobs of theirs meanwhile: their runs of dispatch find nothing to do then.
const maxQuotaAgeMs = 1_000;

/**
 * Makes a reader of the earliest time (epoch ms) at which another job of a lane can be submitted. What was read is believed for a second
 * and for as many jobs as it has room for.
 *
 * @returns a function; undefined is its answer while an operator pauses the queue
 */
const createSubmitTimes = (clock: Clock): ((lane: Lane) => Promise<number | undefined>) => {
  const known = new Map<string, { snapshot: LaneSnapshot; readAt: number; jobs: number }>();
  return async (lane) => {
    const last = known.get(lane.name);
    if (last !== undefined && clock.now() - last.readAt < maxQuotaAgeMs) {
      last.jobs += 1;
      const submitAt = earliestSubmit(last.snapshot, lane.limits, last.jobs, clock.now());
      if (submitAt !== undefined && submitAt - lookaheadMs <= clock.now()) return submitAt;
    }
    const readAt = clock.now();
    const snapshot = await readLane(lane);
    known.set(lane.name, { snapshot, readAt, jobs: 0 });
    return earliestSubmit(snapshot, lane.limits, 0, clock.now());
  };
};

/**
 * Triggers dispatch for a new job of a lane, unless the lane has no room within what dispatch plans ahead: then the
 * schedule's next run is as good, and ten thousand new jobs cost one read of the quota a minute instead of ten thousand dispatches. While an
 * operator pauses the queue nothing is triggered; resuming it invokes dispatch.
 */
export const createThrottledTrigger = (context: ApiContext): ((laneName: string) => Promise<void>) => {
  const { table, lanes, log } = context;
  // Permits only ever move on; the release of a permit invokes dispatch itself.
  const uselessUntil = new Map<string, number>();
  const findSubmitTime = createSubmitTimes(table.clock);
  return async (laneName) => {
    const isUseless = (): boolean => table.clock.now() < (uselessUntil.get(laneName) ?? 0);
    if (isUseless()) return;
    try {
      const submitAt = await findSubmitTime(findLane(lanes, laneName));
      uselessUntil.set(laneName, submitAt === undefined ? table.clock.now() + maxPauseAgeMs : submitAt - lookaheadMs);
    } catch (error) {
      log.warn('The quota could not be read.', { error: error instanceof Error ? error.name : 'unknown' });
    }
    if (!isUseless()) await tryTriggerDispatch(context, 'turns');
  };
};

// Rounds are served at the pace of the lane, a few a minute: a moment's delay moves no caller ahead by more than a place.
const maxRoundAgeMs = 2_000;

/** Reads the last served round of a lane and priority at most once in two seconds: every new job needs it. */
export const createServedRounds = (clock: Clock): ReadServedRound => {
  const known = new Map<string, { round: number; readAt: number }>();
  return async (queue, priority) => {
    const key = `${queue.name}#${priority}`;
    const last = known.get(key);
    if (last !== undefined && clock.now() - last.readAt < maxRoundAgeMs) return last.round;
    const round = await readServedRound(queue, priority);
    known.set(key, { round, readAt: clock.now() });
    return round;
  };
};

// A job that comes in meanwhile goes into the queue, where dispatch leaves it out, or apart from it, from where dispatch brings it back.
const pauseMemory = { maxAgeMs: 2_000, maxKept: 1 };

/** Reads which callers are paused at most once in two seconds. */
export const createCallerPauses = (table: Table): ((caller: string) => Promise<CallerPause | undefined>) => {
  const remember = createMemory<readonly CallerPause[]>(table.clock, pauseMemory);
  return async (caller) => {
    const pauses = await remember('all', () => listCallerPauses(table));
    return pauses.find((pause) => pause.caller === caller && isHolding(pause));
  };
};

/** What is said to a caller whose request comes in while it is paused. */
export const callerPausedWarning =
  'An operator has paused this caller: the job is kept, and gets no turn until the caller is resumed.';
