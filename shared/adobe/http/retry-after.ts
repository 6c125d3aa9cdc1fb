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
