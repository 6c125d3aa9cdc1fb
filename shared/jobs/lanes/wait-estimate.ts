import { type LaneLimits, permitCycleMs, spacingMs } from './lane.ts';
import type { LaneSnapshot } from './snapshot.ts';

const dayMs = 86_400_000;

/**
 * The earliest time (epoch ms) at which a job with this many turns before it can be submitted, as far as the quota tells:
 * permits, Adobe's pause, and the day's limit, which begins anew at midnight UTC. Jobs that come in later may overtake it.
 *
 * @returns undefined while an operator has paused the queue, as the end of that pause is unknown
 */
export const earliestSubmit = (
  snapshot: LaneSnapshot,
  limits: LaneLimits,
  turnsAhead: number,
  nowMs: number,
): number | undefined => {
  if (snapshot.operatorPause !== undefined) return undefined;
  const start = Math.max(nowMs, snapshot.pause?.until ?? 0);
  const times = snapshot.windows.map(({ window, permits }) => {
    const free = permits.map((permit) => Math.max(permit.freeAt, start)).sort((a, b) => a - b);
    const period = permitCycleMs(window, limits);
    return withinDays(free, period, turnsAhead, { start, nowMs, limits, usedToday: snapshot.usedToday });
  });
  const spacing = spacingMs(limits);
  if (spacing !== undefined) {
    const free = [Math.max(snapshot.nextSubmitAt, start)];
    times.push(withinDays(free, spacing, turnsAhead, { start, nowMs, limits, usedToday: snapshot.usedToday }));
  }
  return Math.max(start, ...times);
};

/** What the limit of the day is reckoned from. */
interface Days {
  start: number;
  nowMs: number;
  limits: LaneLimits;
  usedToday: number;
}

/** When a turn comes if permits that are free from these times on serve one request in each period. */
const withinDays = (
  freeTimes: number[],
  period: number,
  turnsAhead: number,
  { start, nowMs, limits: { requestsPerDay = Number.POSITIVE_INFINITY }, usedToday }: Days,
): number => {
  let free = freeTimes;
  let ahead = turnsAhead;
  const first = toDay(free[0] ?? start);
  let midnight = (first + 1) * dayMs;
  let left = requestsPerDay - (first === toDay(nowMs) ? usedToday : 0);
  for (;;) {
    const submitAt = timeOfTurn(free, ahead, period);
    if (requestsPerDay === Number.POSITIVE_INFINITY || (ahead < left && submitAt < midnight)) return submitAt;
    const today = Math.min(ahead, Math.max(0, left), turnsUntil(free, midnight, period));
    free = afterTurns(free, today, period).map((time) => Math.max(time, midnight));
    ahead -= today;
    midnight += dayMs;
    left = requestsPerDay;
  }
};

const toDay = (timeMs: number): number => Math.floor(timeMs / dayMs);

/** Permits serve in the order in which they come free, each once in a period. */
const timeOfTurn = (free: readonly number[], turn: number, periodMs: number): number =>
  (free[turn % free.length] ?? 0) + Math.floor(turn / free.length) * periodMs;

const turnsUntil = (free: readonly number[], end: number, periodMs: number): number =>
  free.reduce((turns, time) => turns + Math.max(0, Math.ceil((end - time) / periodMs)), 0);

const afterTurns = (free: readonly number[], turns: number, periodMs: number): number[] =>
  free.map((_, index) => timeOfTurn(free, turns + index, periodMs)).sort((a, b) => a - b);
