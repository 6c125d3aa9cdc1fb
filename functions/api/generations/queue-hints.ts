import { dispatchNow } from '#shared/aws/invoke-dispatch.ts';
import { lookaheadMs, readQuota } from '#shared/jobs/quota.ts';
import { earliestSubmit } from '#shared/jobs/wait-estimate.ts';
import type { Gateway } from '../context.ts';

// How long a job that comes in just after the end of a pause may have to wait for the schedule at most.
const pauseFreshMs = 5_000;

/**
 * Has the queue looked at for a new job, unless every permit is taken beyond what dispatch plans ahead: then the schedule's
 * next run is as good, and ten thousand new jobs cost one look at the quota a minute instead of ten thousand dispatches. While
 * an operator has stopped the queue there is nothing to look for, and whoever starts it again invokes dispatch.
 */
export const createWakeDispatch = (gateway: Gateway): (() => Promise<void>) => {
  const { table, limits, log } = gateway;
  // Permits only ever move on; whoever gives one back early invokes dispatch itself.
  let uselessUntil = 0;
  return async () => {
    if (table.clock.now() < uselessUntil) return;
    try {
      const quota = await readQuota(table, limits);
      const submitAt = earliestSubmit(quota, limits, 0, table.clock.now());
      uselessUntil = submitAt === undefined ? table.clock.now() + pauseFreshMs : submitAt - lookaheadMs;
    } catch (error) {
      log.warn('The quota could not be read.', { error: error instanceof Error ? error.name : 'unknown' });
    }
    if (table.clock.now() >= uselessUntil) await dispatchNow(gateway);
  };
};
