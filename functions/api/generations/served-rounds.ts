import type { Clock } from '#shared/clock.ts';
import { type ReadServedRound, readServedRound } from '#shared/jobs/lanes/rounds.ts';

// Rounds are served at the pace of the lane, a few a minute: a moment's delay puts no caller ahead by more than a place.
const freshMs = 2_000;

/** Reads the last served round of a lane and priority, and not again within two seconds: every new job asks for it. */
export const createServedRounds = (clock: Clock): ReadServedRound => {
  const known = new Map<string, { round: number; readAt: number }>();
  return async (queue, priority) => {
    const key = `${queue.name}#${priority}`;
    const last = known.get(key);
    if (last !== undefined && clock.now() - last.readAt < freshMs) return last.round;
    const round = await readServedRound(queue, priority);
    known.set(key, { round, readAt: clock.now() });
    return round;
  };
};
