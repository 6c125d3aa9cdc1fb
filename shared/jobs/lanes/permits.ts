import { condition } from '../../aws/expressions.ts';
import { type Table, updateItem } from '../../aws/table.ts';
import type { HeldPermit, Job } from '../job.ts';
import { type Lane, type LaneQueue, lanePartition, permitPeriodMs } from './lane.ts';

/**
 * One of the permits of a window; it can be claimed again for any time from `freeAt` (epoch ms) on. In a window of seconds it
 * is called a slot: see slots.ts.
 */
export interface Permit {
  /** The window's length in seconds. */
  window: number;
  index: number;
  freeAt: number;
}

/** Key of a permit's item. */
export const permitKey = (lane: string, { window, index }: Pick<Permit, 'window' | 'index'>) => ({
  pk: lanePartition(lane),
  sk: `permit#${window}#${String(index).padStart(4, '0')}`,
});

/**
 * Claims a permit for one submit time.
 *
 * @returns undefined if another dispatcher was faster
 * @throws {RangeError} if the lane has no such window
 */
export const claimPermit = async (lane: Lane, permit: Permit, submitAt: number): Promise<HeldPermit | undefined> => {
  const window = lane.limits.windows.find(({ seconds }) => seconds === permit.window);
  if (window === undefined) throw new RangeError(`The lane has no window of ${permit.window} s.`);
  const until = submitAt + permitPeriodMs(window, lane.limits);
  return takeUntil(lane, permit, until);
};

/** Takes a permit until a time, unless it has been claimed since it was read. */
export const takeUntil = async (
  { table, name }: LaneQueue,
  permit: Permit,
  until: number,
): Promise<HeldPermit | undefined> => {
  const { window, index, freeAt } = permit;
  const isUnclaimed = condition`#freeAt = ${freeAt}`;
  const taken = await updateItem(table, permitKey(name, permit), {
    set: { freeAt: until },
    when: freeAt === 0 ? condition`attribute_not_exists(#freeAt) OR ${isUnclaimed}` : isUnclaimed,
  });
  return taken && { window, index, until };
};

/** Sets from when on a held permit is free again (epoch ms); one that has been claimed again since stays as it is. */
export const freeFrom = async (table: Table, lane: string, permit: HeldPermit, freeAt: number): Promise<void> => {
  await updateItem(table, permitKey(lane, permit), { set: { freeAt }, when: condition`#freeAt = ${permit.until}` });
};

/** What a turn holds: its lane, its permits, and the time (epoch ms) from which it may be submitted. */
export type PermitHolder = Pick<Job, 'lane' | 'permits' | 'submitAt'>;

/**
 * Gives permits back that were claimed for a submit that certainly did not and will not happen; one that has been claimed
 * again since stays as it is.
 */
export const releasePermits = async (table: Table, { lane, permits = [], submitAt }: PermitHolder): Promise<void> => {
  if (submitAt === undefined) return;
  // From the submit time on the permit was free; 1 ms later, so that no two claims are alike and a release whose answer was
  // lost, when repeated, cannot free another job's.
  for (const permit of permits) await freeFrom(table, lane, permit, submitAt + 1);
};
