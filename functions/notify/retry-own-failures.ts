import type { RetryDecision } from '@aws/durable-execution-sdk-js';

const mostAttempts = 200;
const longestPauseSeconds = 300;

/** Retries a step that fails on our own side, such as the table out of reach, for most of a day: a message waits for nobody else. */
export const retryOwnFailures = {
  retryStrategy: (_error: Error, attempt: number): RetryDecision =>
    attempt >= mostAttempts
      ? { shouldRetry: false }
      : { shouldRetry: true, delay: { seconds: Math.min(longestPauseSeconds, 2 ** Math.min(attempt, 10)) } },
};
