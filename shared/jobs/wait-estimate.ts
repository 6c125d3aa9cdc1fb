import { permitPeriodMs, type QuotaLimits, type QuotaSnapshot } from './quota.ts';

const dayMs = 86_400_000;

/**
 * The earliest time (epoch ms) at which a job with this many turns before it can be submitted, as far as the quota tells:
 * permits, Adobe's pause, and the day's limit, which begins anew at midnight UTC. Jobs that come in later may overtake it.
 *
 * @returns undefined while an operator has stopped the queue: nobody knows for how long
 */
export const earliestSubmit = (
  quota: QuotaSnapshot,
  limits: QuotaLimits,
  turnsAhead: number,
  nowMs: number,
): number | undefined => {
  if (quota.operatorPause !== undefined) return undefined;
  const start = Math.max(nowMs, quota.pause?.until ?? 0);
  const period = permitPeriodMs(limits);
  let free = quota.permits.map((permit) => Math.max(permit.freeAt, start)).sort((a, b) => a - b);
  let ahead = turnsAhead;
  const first = dayOf(free[0] ?? start);
  let midnight = (first + 1) * dayMs;
  let left = limits.requestsPerDay - (first === dayOf(nowMs) ? quota.usedToday : 0);
  for (;;) {
    const submitAt = timeOfTurn(free, ahead, period);
    if (ahead < left && submitAt < midnight) return submitAt;
    const today = Math.min(ahead, Math.max(0, left), turnsUntil(free, midnight, period));
    free = afterTurns(free, today, period).map((time) => Math.max(time, midnight));
    ahead -= today;
    midnight += dayMs;
    left = limits.requestsPerDay;
  }
};

const dayOf = (timeMs: number): number => Math.floor(timeMs / dayMs);

/** Permits serve in the order in which they come free, each once in a period. */
const timeOfTurn = (free: readonly number[], turn: number, periodMs: number): number =>
  (free[turn % free.length] ?? 0) + Math.floor(turn / free.length) * periodMs;

const turnsUntil = (free: readonly number[], end: number, periodMs: number): number =>
  free.reduce((turns, time) => turns + Math.max(0, Math.ceil((end - time) / periodMs)), 0);

const afterTurns = (free: readonly number[], turns: number, periodMs: number): number[] =>
  free.map((_, index) => timeOfTurn(free, turns + index, periodMs)).sort((a, b) => a - b);
