import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRateLimit } from '#local/simulator/rate-limit.ts';

const minute = 60_000;

describe('rate limit', () => {
  it('admits at most N in any 60 s, and refuses only when a window is full', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 40_000 }), { maxLength: 200 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), gaps, (perMinute, steps) => {
        const limit = createRateLimit(() => ({ windows: [{ seconds: 60, limit: perMinute }] }));
        const admitted: number[] = [];
        let now = 1_700_000_000_000;
        for (const step of steps) {
          now += step;
          const recent = admitted.filter((time) => time > now - minute);
          const admission = limit.admit(now);
          expect(admission.admitted).toBe(recent.length < perMinute);
          if (admission.admitted) admitted.push(now);
          else expect(admission.retryAt).toBe((recent.at(-perMinute) ?? Number.NaN) + minute);
        }
      }),
    );
  });

  it('follows limits that change while it runs', () => {
    const window = { seconds: 60, limit: 3 };
    const limit = createRateLimit(() => ({ windows: [window] }));
    expect([0, 1, 2].map((time) => limit.admit(time).admitted)).toEqual([true, true, true]);
    window.limit = 2;
    expect(limit.admit(10)).toEqual({ admitted: false, retryAt: 1 + minute });
    window.limit = 4;
    expect(limit.admit(10).admitted).toBe(true);
  });

  it('counts what it admitted on a UTC day, and starts anew at midnight', () => {
    const midnight = Date.UTC(2026, 0, 2);
    const limit = createRateLimit(() => ({ windows: [{ seconds: 60, limit: 100 }], perDay: 2 }));
    expect(limit.admit(midnight - 3).admitted).toBe(true);
    expect(limit.admit(midnight - 2).admitted).toBe(true);
    expect(limit.admit(midnight - 1)).toEqual({ admitted: false, retryAt: midnight });
    expect(limit.admit(midnight).admitted).toBe(true);
  });

  it('keeps all windows at once, each of any length', () => {
    const windows = [
      { seconds: 3, limit: 2 },
      { seconds: 60, limit: 5 },
    ];
    const gaps = fc.array(fc.integer({ min: 0, max: 4_000 }), { maxLength: 200 });
    fc.assert(
      fc.property(gaps, (steps) => {
        const limit = createRateLimit(() => ({ windows }));
        const admitted: number[] = [];
        let now = 1_700_000_000_000;
        for (const step of steps) {
          now += step;
          const full = windows.filter(
            (window) => admitted.filter((time) => time > now - window.seconds * 1000).length >= window.limit,
          );
          const admission = limit.admit(now);
          expect(admission.admitted).toBe(full.length === 0);
          if (admission.admitted) admitted.push(now);
          else expect(admission.retryAt).toBeGreaterThan(now);
        }
      }),
    );
  });
});
