import type { Clock } from '#shared/clock.ts';

/** A clock that stands still until it is moved. */
export const createTestClock = (start = Date.UTC(2026, 5, 1, 12)): Clock & { advance(ms: number): void } => {
  let now = start;
  return {
    now: () => now,
    advance: (ms) => {
      now += ms;
    },
  };
};
