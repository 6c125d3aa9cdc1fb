import type { Clock } from '../../clock.ts';
import { AdobeCallError } from './errors.ts';

// Adobe's longest limit is a day's; a mistaken header must not stop anything for years.
const limitMs = 24 * 60 * 60_000;

// Date.parse alone also takes "-5" and "soon 5" for dates.
const httpDate = /^[A-Z][a-z]{2,8}, /;

/**
 * How long a `Retry-After` header asks to wait, in ms, at most a day: in seconds or until a date (RFC 9110; Adobe's spec
 * speaks of a date, its guide of seconds).
 *
 * @returns undefined if the header is absent or neither
 */
export const readRetryAfter = (header: string | null | undefined, nowMs: number): number | undefined => {
  const text = header?.trim() ?? '';
  const waitMs = /^\d+(\.\d+)?$/.test(text)
    ? Math.ceil(Number(text) * 1000)
    : httpDate.test(text)
      ? Date.parse(text) - nowMs
      : Number.NaN;
  return Number.isNaN(waitMs) ? undefined : Math.min(limitMs, Math.max(0, waitMs));
};

/** Waits for a time in ms; injected so that tests need not wait. */
export type Sleep = (ms: number) => Promise<void>;

/** What bounds the tries. */
export interface RetryOptions {
  clock: Clock;
  sleep: Sleep;
  /** Epoch ms after which no try begins. */
  deadline: number;
  /** Further failures that pass by themselves, such as a new secret that Adobe does not know everywhere yet. */
  alsoRetry?: (error: unknown) => boolean;
}

const firstDelayMs = 500;
const maxDelayMs = 8_000;

/**
 * Repeats a call of IMS or of the I/O Management API that may be repeated (never the one that adds a secret) while the
 * failure is a passing one (Adobe: 429, 5xx, no answer) and time is left. Adobe's `Retry-After` is waited for in full;
 * if that passes the deadline, the failure stands.
 *
 * @throws what the last try threw
 */
export const retryTransient = async <Result>(
  call: () => Promise<Result>,
  { clock, sleep, deadline, alsoRetry = () => false }: RetryOptions,
): Promise<Result> => {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      if (!isTransient(error) && !alsoRetry(error)) throw error;
      const backOffMs = Math.min(maxDelayMs, firstDelayMs * 2 ** attempt);
      const delayMs = (isTransient(error) ? error.retryAfterMs : undefined) ?? backOffMs;
      if (clock.now() + delayMs > deadline) throw error;
      await sleep(delayMs);
    }
  }
};

const isTransient = (error: unknown): error is AdobeCallError => error instanceof AdobeCallError && error.isTransient;
