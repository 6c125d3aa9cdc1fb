import type { RetryDecision } from '@aws/durable-execution-sdk-js';

/** How long a message is tried, in ms from its creation on. */
export const maxDeliveryMs = 24 * 3_600_000;

const delaysSeconds = [5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 21_600] as const;
const maxDelaySeconds = delaysSeconds[delaysSeconds.length - 1] as number;
const jitter = 0.2;

/** What decides when a message is tried again. */
export interface FailedAttempt {
  /** Number of the attempt that failed, from 0. */
  index: number;
  /** How long the message has been tried, in ms. */
  elapsedMs: number;
  /** How long the receiver asked to wait, in ms. */
  retryAfterMs?: number;
}

/**
 * The backoff before the next attempt, in whole seconds: longer from attempt to attempt, never shorter than the receiver asked
 * for, and cut so that the last attempt falls on the end of the day.
 *
 * @param random between 0 and 1: attempts that failed together do not come back together
 * @returns undefined once the day is over
 */
export const backoffSeconds = (
  { index, elapsedMs, retryAfterMs = 0 }: FailedAttempt,
  random: number,
): number | undefined => {
  const leftMs = maxDeliveryMs - elapsedMs;
  if (leftMs <= 0) return undefined;
  const planned = (delaysSeconds[index] ?? maxDelaySeconds) * (1 + jitter * random);
  return Math.max(1, Math.ceil(Math.min(Math.max(planned, retryAfterMs / 1000), leftMs / 1000)));
};

const maxStepAttempts = 200;
const maxStepDelaySeconds = 300;

/** Retries a step that fails on our own side, such as the table out of reach, for most of a day; no other message waits for it. */
export const retryOwnFailures = {
  retryStrategy: (_error: Error, attempt: number): RetryDecision =>
    attempt >= maxStepAttempts
      ? { shouldRetry: false }
      : { shouldRetry: true, delay: { seconds: Math.min(maxStepDelaySeconds, 2 ** Math.min(attempt, 10)) } },
};
