/** Whether a request may pass, and if not from when on, epoch ms. */
export type Admission = { admitted: true } | { admitted: false; retryAt: number };

/** So many requests in any so many seconds. */
export interface RequestWindow {
  seconds: number;
  limit: number;
}

/** The limits at a moment: all windows at once, and `perDay` in a UTC day, unlimited when absent. */
export interface Limits {
  windows: readonly RequestWindow[];
  perDay?: number;
}

/** Admits or refuses requests. */
export interface RateLimit {
  /** @param arrivedAt epoch ms; counts the request when it admits it */
  admit(arrivedAt: number): Admission;
  /** How many requests the window with the least room would still admit. */
  remaining(now: number): number;
}

const day = 86_400_000;

/**
 * Limits over sliding windows by arrival time, and over the UTC day. Only what it admits counts.
 *
 * @param limits read at each request, so that they can change
 */
export const createRateLimit = (limits: () => Limits): RateLimit => {
  let admitted: number[] = [];
  let today = { number: 0, count: 0 };

  /** When a window has room again; undefined if it has room now. */
  const fullUntil = ({ seconds, limit }: RequestWindow, now: number): number | undefined => {
    const blocking = admitted.at(-limit);
    const until = admitted.length < limit || blocking === undefined ? now : blocking + seconds * 1000;
    return until > now ? until : undefined;
  };

  return {
    admit: (arrivedAt) => {
      const { windows, perDay = Number.POSITIVE_INFINITY } = limits();
      const number = Math.floor(arrivedAt / day);
      if (number !== today.number) today = { number, count: 0 };
      const longestMs = Math.max(0, ...windows.map(({ seconds }) => seconds)) * 1000;
      admitted = admitted.filter((time) => time > arrivedAt - longestMs).sort((a, b) => a - b);
      if (today.count >= perDay) return { admitted: false, retryAt: (number + 1) * day };
      const full = windows.flatMap((window) => fullUntil(window, arrivedAt) ?? []);
      if (full.length > 0) return { admitted: false, retryAt: Math.max(...full) };
      admitted.push(arrivedAt);
      today.count += 1;
      return { admitted: true };
    },
    remaining: (now) => {
      const room = limits().windows.map(
        ({ seconds, limit }) => limit - admitted.filter((time) => time > now - seconds * 1000).length,
      );
      return Math.max(0, Math.min(...room));
    },
  };
};
