import { describe, expect, it } from 'vitest';
import type { QuotaSnapshot } from '#shared/jobs/quota.ts';
import { earliestSubmit } from '#shared/jobs/wait-estimate.ts';

const limits = { requestsPerMinute: 4, requestsPerDay: 9_000, submitGraceMs: 3_000 };
const now = 1_000_000;
const quota = (...freeAt: number[]): QuotaSnapshot => ({
  permits: freeAt.map((at, index) => ({ index, freeAt: at })),
  usedToday: 0,
});

describe('earliestSubmit', () => {
  it('is now while permits are free', () => {
    expect(earliestSubmit(quota(0, 0, 0, 0), limits, 0, now)).toBe(now);
    expect(earliestSubmit(quota(0, 0, 0, 0), limits, 3, now)).toBe(now);
  });

  it('is a window later for each round of permits that those before need', () => {
    expect(earliestSubmit(quota(0, 0, 0, 0), limits, 4, now)).toBe(now + 63_000);
    expect(earliestSubmit(quota(0, 0, 0, 0), limits, 11, now)).toBe(now + 2 * 63_000);
  });

  it('follows the permits in the order in which they come free', () => {
    const busy = quota(now + 50_000, 0, now + 10_000, now + 20_000);
    expect([0, 1, 2, 3, 4].map((ahead) => earliestSubmit(busy, limits, ahead, now) - now)).toEqual([
      0, 10_000, 20_000, 50_000, 63_000,
    ]);
  });

  it('is not before the end of a pause', () => {
    const paused: QuotaSnapshot = {
      ...quota(0, 0, now + 90_000, 0),
      pause: { until: now + 60_000, reason: 'rate_limited', level: 0 },
    };
    expect(earliestSubmit(paused, limits, 0, now)).toBe(now + 60_000);
    expect(earliestSubmit(paused, limits, 3, now)).toBe(now + 90_000);
  });
});
