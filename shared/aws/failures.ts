import { isThrottlingError, isTransientError } from '@smithy/core/retry';
import type { SdkError } from '@smithy/types';
import { UnprocessedError } from './dynamodb/all-processed.ts';

// Why one item of a transaction was refused.
const reasons: ReadonlySet<string> = new Set(['ProvisionedThroughputExceeded', 'ThrottlingError']);

/** Whether AWS refused a call because there are too many of them, after the retries of its SDK: it helps to wait. */
export const isThrottled = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false;
  if (isThrottlingError(error as SdkError) || error instanceof UnprocessedError) return true;
  const found: unknown = 'CancellationReasons' in error ? error.CancellationReasons : undefined;
  return Array.isArray(found) && found.some((reason: { Code?: string }) => reasons.has(reason.Code ?? ''));
};

/**
 * Whether AWS could not be reached, did not answer in time or failed by itself, after the retries of its SDK: it passes, and what was asked
 * for may have been done.
 */
export const isUnavailable = (error: unknown): error is Error =>
  error instanceof Error && isTransientError(error as SdkError);
