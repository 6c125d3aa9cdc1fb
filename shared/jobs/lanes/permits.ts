import type { Table } from '../../aws/table.ts';
import { conditionalUpdate } from '../conditional-update.ts';
import type { HeldPermit, Job } from '../job.ts';
import { type Lane, lanePartition, permitPeriodMs } from './lane.ts';

/** One of the permits of a window; it can be claimed again for any time from `freeAt` (epoch ms) on. */
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
  const claimed = await conditionalUpdate(lane.table, permitKey(lane.name, permit), {
    expression: 'SET freeAt = :until',
    condition: permit.freeAt === 0 ? 'attribute_not_exists(freeAt) OR freeAt = :read' : 'freeAt = :read',
    values: { ':until': until, ':read': permit.freeAt },
  });
  return claimed && { window: permit.window, index: permit.index, until };
};

/** What a turn holds: its lane, its permits, and the time (epoch ms) from which it may be submitted. */
export type PermitHolder = Pick<Job, 'lane' | 'permits' | 'submitAt'>;

/**
 * Gives permits back that were claimed for a submit that certainly did not and will not happen; one that has been claimed
 * again since stays as it is.
 */
export const releasePermits = async (table: Table, { lane, permits = [], submitAt }: PermitHolder): Promise<void> => {
  if (submitAt === undefined) return;
  for (const permit of permits) {
    await conditionalUpdate(table, permitKey(lane, permit), {
      expression: 'SET freeAt = :free',
      condition: 'freeAt = :claimed',
      // From the submit time on the permit was free; 1 ms later, so that no two claims are alike and a release whose answer
      // was lost, when repeated, cannot free another job's.
      values: { ':free': submitAt + 1, ':claimed': permit.until },
    });
  }
};
