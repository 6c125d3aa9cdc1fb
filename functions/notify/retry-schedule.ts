/** How long a message is tried, in ms from the first try on. */
export const triedForMs = 24 * 3_600_000;

const pausesSeconds = [5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 21_600] as const;
const longestPauseSeconds = pausesSeconds[pausesSeconds.length - 1] as number;
const spread = 0.2;

/** What decides when a message is tried again. */
export interface FailedTry {
  /** Number of the try that failed, from 0. */
  index: number;
  /** How long the message has been tried, in ms. */
  triedMs: number;
  /** How long the receiver asked to wait, in ms. */
  retryAfterMs?: number;
}

/**
 * The pause before the next try, in whole seconds: longer from try to try, never shorter than the receiver asked for, and cut
 * so that the last try falls on the end of the day.
 *
 * @param random between 0 and 1: tries that failed together do not come back together
 * @returns undefined once the day is over
 */
export const pauseBeforeNext = (
  { index, triedMs, retryAfterMs = 0 }: FailedTry,
  random: number,
): number | undefined => {
  const leftMs = triedForMs - triedMs;
  if (leftMs <= 0) return undefined;
  const planned = (pausesSeconds[index] ?? longestPauseSeconds) * (1 + spread * random);
  return Math.max(1, Math.ceil(Math.min(Math.max(planned, retryAfterMs / 1000), leftMs / 1000)));
};
