import { dispatchNow } from '#shared/aws/invoke-dispatch.ts';
import { findLane, lookaheadMs } from '#shared/jobs/lanes/lane.ts';
import { readLane } from '#shared/jobs/lanes/snapshot.ts';
import { earliestSubmit } from '#shared/jobs/lanes/wait-estimate.ts';
import type { Gateway } from '../context.ts';

// How long a job that comes in just after the end of a pause may have to wait for the schedule at most.
const pauseFreshMs = 5_000;

/**
 * Has the queue looked at for a new job of a lane, unless the lane has no room within what dispatch plans ahead: then the
 * schedule's next run is as good, and ten thousand new jobs cost one look at the quota a minute instead of ten thousand
 * dispatches. While an operator has stopped the queue there is nothing to look for, and the resume invokes dispatch.
 */
export const createWakeDispatch = (gateway: Gateway): ((laneName: string) => Promise<void>) => {
  const { table, lanes, log } = gateway;
  // Permits only ever move on; whatever gives one back early invokes dispatch itself.
  const uselessUntil = new Map<string, number>();
  return async (laneName) => {
    const isUseless = (): boolean => table.clock.now() < (uselessUntil.get(laneName) ?? 0);
    if (isUseless()) return;
    try {
      const lane = findLane(lanes, laneName);
      const submitAt = earliestSubmit(await readLane(lane), lane.limits, 0, table.clock.now());
      uselessUntil.set(laneName, submitAt === undefined ? table.clock.now() + pauseFreshMs : submitAt - lookaheadMs);
    } catch (error) {
      log.warn('The quota could not be read.', { error: error instanceof Error ? error.name : 'unknown' });
    }
    if (!isUseless()) await dispatchNow(gateway);
  };
};
