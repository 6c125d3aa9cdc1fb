/** Whether a request may pass, and if not from when on, epoch ms. */
export type Admission = { admitted: true } | { admitted: false; retryAt: number };

/** The limits at a moment; `perDay` counts UTC days and is unlimited when absent. */
export interface Limits {
  perMinute: number;
  perDay?: number;
}

/** Admits or refuses requests. */
export interface RateLimit {
  /** @param arrivedAt epoch ms; counts the request when it admits it */
  admit(arrivedAt: number): Admission;
  /** How many requests it would still admit, of those of a minute. */
  remaining(now: number): number;
}

const minute = 60_000;
const day = 86_400_000;

/**
 * A limit over any sliding 60 s window by arrival time, and over the UTC day. Only what it admits counts.
 *
 * @param limits read at each request, so that they can change
 */
export const createRateLimit = (limits: () => Limits): RateLimit => {
  let admitted: number[] = [];
  let today = { number: 0, count: 0 };
  return {
    admit: (arrivedAt) => {
      const { perMinute, perDay = Number.POSITIVE_INFINITY } = limits();
      const number = Math.floor(arrivedAt / day);
      if (number !== today.number) today = { number, count: 0 };
      admitted = admitted.filter((time) => time > arrivedAt - minute).sort((a, b) => a - b);
      if (today.count >= perDay) return { admitted: false, retryAt: (number + 1) * day };
      const blocking = admitted.at(-perMinute);
      if (admitted.length >= perMinute && blocking !== undefined)
        return { admitted: false, retryAt: blocking + minute };
      admitted.push(arrivedAt);
      today.count += 1;
      return { admitted: true };
    },
    remaining: (now) => Math.max(0, limits().perMinute - admitted.filter((time) => time > now - minute).length),
  };
};
