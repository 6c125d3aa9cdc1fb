// setTimeout fires at once for anything longer than a signed 32-bit number of milliseconds (about 24.8 days).
const longestTimeoutMs = 2 ** 31 - 1;

/** Cancels what it was returned for; calling it again, or after the fact, does nothing. */
export type Cancel = () => void;

/**
 * `setTimeout` without its limit of 24.8 days; it never keeps the process alive.
 *
 * @param delayMs milliseconds from now; zero or less runs the callback in the next turn of the event loop
 */
export const startLongTimeout = (callback: () => void, delayMs: number): Cancel => {
  let remainingMs = Math.max(0, delayMs);
  let timer: NodeJS.Timeout;
  const arm = () => {
    const partMs = Math.min(remainingMs, longestTimeoutMs);
    remainingMs -= partMs;
    timer = setTimeout(() => (remainingMs > 0 ? arm() : callback()), partMs);
    timer.unref();
  };
  arm();
  return () => clearTimeout(timer);
};
