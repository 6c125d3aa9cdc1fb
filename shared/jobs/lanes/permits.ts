import type { RequestWindow } from '../../adobe/services/service.ts';
import { condition } from '../../aws/expressions.ts';
import { type Table, updateItem } from '../../aws/table.ts';
import type { HeldPermit, Job } from '../job.ts';
import { type Lane, type LaneQueue, lanePartition, maxClockSkewMs, maxUnansweredMs, submitSpanMs } from './lane.ts';

/** One of the permits of a window of a rate limit. In a window of seconds it is called a slot: see slots.ts. */
export interface Permit {
  /** The window's length in seconds. */
  window: number;
  index: number;
  /** Epoch ms from which on it is free, as far as is known. */
  freeAt: number;
  /** Epoch ms before which it cannot be claimed, while nothing is known of the submit under it. */
  unansweredUntil?: number;
}

/** Key of a permit's item. */
export const permitKey = (lane: string, { window, index }: Pick<Permit, 'window' | 'index'>) => ({
  pk: lanePartition(lane),
  sk: `permit#${window}#${String(index).padStart(4, '0')}`,
});

/** The earliest submit time (epoch ms) for which a permit can be claimed. */
export const claimableFrom = ({ freeAt, unansweredUntil = 0 }: Permit): number => Math.max(freeAt, unansweredUntil);

/**
 * Claims a permit for one submit time. It comes free one window after the answer to the submit, for a request arrives before
 * it is answered; without an answer, when the request cannot be under way any more. See {@link settlePermits}.
 *
 * @returns undefined if another dispatcher was faster
 * @throws {RangeError} if the lane has no such window
 */
export const claimPermit = async (lane: Lane, permit: Permit, submitAt: number): Promise<HeldPermit | undefined> => {
  const window = lane.limits.windows.find(({ seconds }) => seconds === permit.window);
  if (window === undefined) throw new RangeError(`The lane has no window of ${permit.window} s.`);
  const until = holdUntil(window, submitAt + submitSpanMs(lane.limits));
  return takeUntil(lane, permit, until, until + maxUnansweredMs);
};

/**
 * When a window has room again for what arrived at the given time at the latest (epoch ms): 1 ms more than a window later, so that one
 * that counts both of its ends holds the limit as well, and by the clock of whichever function comes next.
 */
export const holdUntil = ({ seconds }: Pick<RequestWindow, 'seconds'>, arrivedBy: number): number =>
  arrivedBy + seconds * 1000 + 1 + maxClockSkewMs;

/** Takes a permit until a time, and until another if nothing is heard of it; unless it has been claimed since it was read. */
export const takeUntil = async (
  { table, name }: LaneQueue,
  permit: Permit,
  until: number,
  unansweredUntil: number,
): Promise<HeldPermit | undefined> => {
  const { window, index, freeAt } = permit;
  const isUnclaimed = condition`#freeAt = ${freeAt}`;
  const taken = await updateItem(table, permitKey(name, permit), {
    set: { freeAt: until, unansweredUntil },
    when: freeAt === 0 ? condition`attribute_not_exists(#freeAt) OR ${isUnclaimed}` : isUnclaimed,
  });
  return taken && { window, index, until };
};

const freeFrom = async (table: Table, lane: string, permit: HeldPermit, freeAt: number): Promise<void> => {
  await updateItem(table, permitKey(lane, permit), {
    set: { freeAt, unansweredUntil: undefined },
    // One that has been claimed again since stays as it is.
    when: condition`#freeAt = ${permit.until}`,
  });
};

/** What a turn holds: its lane, its permits, and the time (epoch ms) from which it may be submitted. */
export type PermitHolder = Pick<Job, 'lane' | 'permits' | 'submitAt'>;

/** Gives permits back that were claimed for a submit that certainly did not and will not happen. */
export const releasePermits = async (table: Table, { lane, permits = [], submitAt }: PermitHolder): Promise<void> => {
  if (submitAt === undefined) return;
  // From the submit time on the permit was free; 1 ms later, so that no two claims are alike and a release whose answer was
  // lost, when repeated, cannot free another job's.
  for (const permit of permits) await freeFrom(table, lane, permit, submitAt + 1);
};

/**
 * Lets the permits of a submit come free one window after the time by which it has arrived, if it does at all: that of its answer, or what
 * is certain without one.
 *
 * @param arrivedBy epoch ms
 */
export const settlePermits = async (
  { table, name }: LaneQueue,
  permits: readonly HeldPermit[],
  arrivedBy: number,
): Promise<void> => {
  for (const permit of permits) {
    await freeFrom(table, name, permit, holdUntil({ seconds: permit.window }, arrivedBy));
  }
};
