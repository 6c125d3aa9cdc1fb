import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createTimers } from '#local/lambda/durable/timers.ts';
import { createManualClock } from '#test/fixtures/manual-clock.ts';

const hourMs = 3_600_000;
const clock = createManualClock();
const run = vi.fn<() => void>();
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  run.mockReset();
});
afterEach(() => vi.useRealTimers());

const pass = (ms: number) => {
  clock.advance(ms);
  vi.advanceTimersByTime(ms);
};

it('runs when its time has come, also after weeks', () => {
  createTimers(clock).set('one', clock.now() + 26 * 24 * hourMs, run);
  for (let day = 0; day < 26; day += 1) {
    expect(run).not.toHaveBeenCalled();
    pass(24 * hourMs);
  }
  vi.advanceTimersByTime(20_000);
  expect(run).toHaveBeenCalledOnce();
});

it('notices a clock that jumps an hour ahead', () => {
  createTimers(clock).set('one', clock.now() + hourMs, run);
  clock.advance(hourMs);
  vi.advanceTimersByTime(31_000);
  expect(run).toHaveBeenCalledOnce();
});

it('waits no longer if the clock jumps an hour back', () => {
  createTimers(clock).set('one', clock.now() + 60_000, run);
  clock.advance(-hourMs);
  pass(61_000);
  expect(run).toHaveBeenCalledOnce();
});

it('forgets all of them', () => {
  const timers = createTimers(clock);
  timers.set('one', clock.now() + 1_000, run);
  expect(timers.has('one')).toBe(true);
  timers.clear();
  pass(2_000);
  expect(run).not.toHaveBeenCalled();
});
