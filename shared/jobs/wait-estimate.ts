import { permitPeriodMs, type QuotaLimits, type QuotaSnapshot } from './quota.ts';

/**
 * The earliest time (epoch ms) at which a job with this many jobs before it can be submitted, as far as the quota tells:
 * jobs with another caller's earlier round or a higher priority may still overtake it.
 */
export const earliestSubmit = (quota: QuotaSnapshot, limits: QuotaLimits, jobsAhead: number, nowMs: number): number => {
  const start = Math.max(nowMs, quota.pause?.until ?? 0);
  const free = quota.permits.map((permit) => Math.max(permit.freeAt, start)).sort((a, b) => a - b);
  const rounds = Math.floor(jobsAhead / free.length);
  return (free[jobsAhead % free.length] ?? start) + rounds * permitPeriodMs(limits);
};
