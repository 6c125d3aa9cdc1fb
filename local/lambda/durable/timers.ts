import type { Clock } from '#shared/clock.ts';

/** Timers by their keys; none keeps the process alive. */
export interface Timers {
  /**
   * Sets a timer, in place of one of the same key.
   *
   * @param at epoch milliseconds
   */
  set(key: string, at: number, run: () => void): void;
  has(key: string): boolean;
  clear(): void;
}

/** A clock that was set forward is noticed within this time, and a timer for longer than 2^31 ms would fire at once. */
const maxSleepMs = 15_000;

/**
 * Creates timers that run when their time has come by the clock, or when they have waited as long as it was away when they were set:
 * a clock that is set back holds none up.
 */
export const createTimers = (clock: Clock): Timers => {
  const timers = new Map<string, NodeJS.Timeout>();
  const arm = (key: string, at: number, end: number, run: () => void) => {
    const left = Math.min(at - clock.now(), end - performance.now());
    const timer = setTimeout(
      () => {
        if (left > maxSleepMs) return arm(key, at, end, run);
        timers.delete(key);
        run();
      },
      Math.min(left, maxSleepMs),
    );
    timer.unref();
    timers.set(key, timer);
  };
  return {
    set: (key, at, run) => {
      clearTimeout(timers.get(key));
      arm(key, at, performance.now() + at - clock.now(), run);
    },
    has: (key) => timers.has(key),
    clear: () => {
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
    },
  };
};
