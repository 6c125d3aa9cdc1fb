import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '#shared/clock.ts';

/** A clock that moves only when it is told to, or when somebody sleeps on it. */
export interface SimulatedClock extends Clock {
  advance(ms: number): void;
  /** Moves the clock at once, but lets concurrent work go on first. */
  sleep(ms: number): Promise<void>;
}

export const createSimulatedClock = (start = Date.parse('2026-03-01T12:00:00Z')): SimulatedClock => {
  let now = start;
  const advance = (ms: number) => {
    now += ms;
  };
  return {
    now: () => now,
    advance,
    sleep: async (ms) => {
      await nextTurn();
      advance(ms);
    },
  };
};
