import type { DispatchRequest } from '#shared/aws/invoke-functions.ts';
import type { Clock } from '#shared/clock.ts';
import type { DispatchReason } from './dispatch.ts';

/** Which requests for a run this process has served. */
export interface ServedRequests {
  /** Whether a whole run that began after the request has ended. */
  has(request: Partial<DispatchRequest>): boolean;
  /** Runs, and remembers when the run began unless it throws. */
  note<Result>(reason: DispatchReason, run: () => Promise<Result>): Promise<Result>;
}

// The index of the queue shows a job a moment after its write, and the clocks of two functions differ a little.
const lagMs = 250;

/**
 * Remembers for this process when the last run began. In a burst each new job asks for a run, and requests that Lambda holds back while
 * runs are at work were all served by the next of them: what is left of those costs no look at the queue. What such a run could not do, as
 * it may only read so much or found a lane broken, is done by the run of the next minute.
 */
export const createServedRequests = ({ now }: Clock): ServedRequests => {
  const beganAt = { turns: Number.NEGATIVE_INFINITY, all: Number.NEGATIVE_INFINITY };
  return {
    has: ({ askedAt, only }) => askedAt !== undefined && askedAt + lagMs < beganAt[only ?? 'all'],
    note: async (reason, run) => {
      const startedAt = now();
      const result = await run();
      beganAt.turns = Math.max(beganAt.turns, startedAt);
      if (reason !== 'turns') beganAt.all = Math.max(beganAt.all, startedAt);
      return result;
    },
  };
};
