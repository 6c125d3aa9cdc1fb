import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LaneSnapshot } from '#shared/jobs/lanes/snapshot.ts';
import { earliestSubmit } from '#shared/jobs/lanes/wait-estimate.ts';

const limits = { windows: [{ seconds: 60, hard: 4 }], requestsPerDay: 9_000, submitGraceMs: 3_000 };
const now = 1_000_000;
const quota = (...freeAt: number[]): LaneSnapshot => ({
  windows: [
    {
      window: { seconds: 60, hard: freeAt.length },
      permits: freeAt.map((at, index) => ({ window: 60, index, freeAt: at })),
    },
  ],
  nextSubmitAt: 0,
  usedToday: 0,
  turns: 0,
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
    expect([0, 1, 2, 3, 4].map((ahead) => earliestSubmit(busy, limits, ahead, now))).toEqual(
      [0, 10_000, 20_000, 50_000, 63_000].map((wait) => now + wait),
    );
  });

  it('is not before the end of a pause', () => {
    const paused: LaneSnapshot = {
      ...quota(0, 0, now + 90_000, 0),
      pause: { until: now + 60_000, reason: 'rate_limited', level: 0 },
    };
    expect(earliestSubmit(paused, limits, 0, now)).toBe(now + 60_000);
    expect(earliestSubmit(paused, limits, 3, now)).toBe(now + 90_000);
  });

  it('is unknown while an operator has stopped the queue', () => {
    const stopped: LaneSnapshot = { ...quota(0, 0, 0, 0), operatorPause: { since: now, by: 'ops' } };
    expect(earliestSubmit(stopped, limits, 0, now)).toBeUndefined();
  });

  it('goes on at midnight UTC when the limit of the day is reached, day after day', () => {
    const midnight = 86_400_000;
    const few = { ...limits, requestsPerDay: 10 };
    const used = { ...quota(0, 0, 0, 0), usedToday: 8 };
    expect(earliestSubmit(used, few, 1, now)).toBe(now);
    expect(earliestSubmit(used, few, 2, now)).toBe(midnight);
    expect(earliestSubmit(used, few, 11, now)).toBe(midnight + 2 * 63_000);
    expect(earliestSubmit(used, few, 12, now)).toBe(2 * midnight);
    expect(earliestSubmit({ ...used, usedToday: 12 }, few, 0, now)).toBe(midnight);
  });

  it('counts against the new day what comes in turn after midnight anyway', () => {
    const late = 86_400_000 - 1_000;
    const few = { ...limits, requestsPerDay: 9 };
    expect(earliestSubmit(quota(0, 0, 0, 0), few, 4, late)).toBe(late + 63_000);
    expect(earliestSubmit({ ...quota(0, 0, 0, 0), usedToday: 9 }, few, 3, late)).toBe(late + 1_000);
    const paused: LaneSnapshot = {
      ...quota(0, 0, 0, 0),
      usedToday: 9,
      pause: { until: late + 5_000, reason: 'rate_limited', level: 0 },
    };
    expect(earliestSubmit(paused, few, 3, late)).toBe(late + 5_000);
  });

  it('never goes back in time for a later turn, and never exceeds minute or day', () => {
    const busyDay = fc.record({
      freeAt: fc.array(fc.integer({ min: 0, max: 63_000 }), { minLength: 1, maxLength: 6 }),
      usedToday: fc.nat(40),
      requestsPerDay: fc.integer({ min: 1, max: 40 }),
      timeOfDay: fc.integer({ min: 86_000_000, max: 86_399_999 }),
    });
    fc.assert(
      fc.property(busyDay, ({ freeAt, usedToday, requestsPerDay, timeOfDay }) => {
        const own = { ...limits, requestsPerDay };
        const snapshot = { ...quota(...freeAt.map((wait) => timeOfDay + wait)), usedToday };
        const times = Array.from({ length: 100 }, (_, ahead) => earliestSubmit(snapshot, own, ahead, timeOfDay) ?? 0);
        expect(times).toEqual(times.toSorted((one, other) => one - other));
        expect(times[0]).toBeGreaterThanOrEqual(timeOfDay);
        const tooSoon = times.filter((time, index) => time - (times[index - freeAt.length] ?? 0) < 63_000);
        expect(tooSoon).toEqual([]);
        for (const [day, submits] of Map.groupBy(times, (time) => Math.floor(time / 86_400_000))) {
          expect(submits.length).toBeLessThanOrEqual(requestsPerDay - (day === 0 ? usedToday : 0));
        }
      }),
    );
  });
});
