import fc from 'fast-check';
import { expect, it } from 'vitest';
import { backoffSeconds, maxDeliveryMs } from '#functions/notify/backoff.ts';

/** The times of all tries of a message that never succeeds, in seconds after the first. */
const triesOf = (random: () => number, retryAfterMs?: number): number[] => {
  const times = [0];
  for (let index = 0; ; index += 1) {
    const elapsedMs = (times.at(-1) ?? 0) * 1000;
    const pause = backoffSeconds({ index, elapsedMs, retryAfterMs }, random());
    if (pause === undefined) return times;
    times.push(elapsedMs / 1000 + pause);
  }
};

it('grows from seconds to hours, and the last try falls on the end of the day', () => {
  expect(triesOf(() => 0)).toEqual([0, 5, 35, 155, 755, 2_555, 6_155, 13_355, 27_755, 49_355, 70_955, 86_400]);
});

it('is spread, so that what failed together does not come back together', () => {
  expect(triesOf(() => 1)[1]).toBe(6);
});

it('is never shorter than the receiver asks', () => {
  expect(backoffSeconds({ index: 0, elapsedMs: 0, retryAfterMs: 90_500 }, 0)).toBe(91);
  expect(backoffSeconds({ index: 3, elapsedMs: 0, retryAfterMs: 1_000 }, 0)).toBe(600);
});

it('ends with the day, whatever the receiver asks and chance says', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 }),
      fc.option(fc.integer({ min: 0, max: 2 * maxDeliveryMs }), { nil: undefined }),
      (chances, retryAfterMs) => {
        let next = 0;
        const times = triesOf(() => chances[next++ % chances.length] ?? 0, retryAfterMs);
        expect(times.at(-1)).toBe(maxDeliveryMs / 1000);
        expect(times.length).toBeLessThanOrEqual(12);
        expect(times.every((time, index) => index === 0 || time > (times[index - 1] ?? 0))).toBe(true);
      },
    ),
  );
});
