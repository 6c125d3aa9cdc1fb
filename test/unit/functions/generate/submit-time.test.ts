import { describe, expect, it } from 'vitest';
import { isLate, secondsUntilPlannedWake, secondsUntilWake, waitUntil } from '#functions/generate/submit-time.ts';
import { createManualClock } from '#test/fixtures/manual-clock.ts';
import { perMinute } from '#test/fixtures/queue.ts';

const clock = createManualClock();
const table = { clock };

const lanesOf = (...requests: number[]) =>
  new Map(requests.map((each, index) => [`lane-${index}`, { limits: perMinute(each) }]));

describe('the wait for a submit time', () => {
  it.each([
    ['a slow lane wakes a second early', [4], 29],
    ['at sixty requests a minute, as early', [60], 29],
    ['one of many lanes that are as busy, later', [60, 60, 60], 30],
    ['a fast lane keeps no execution waiting in its process', [600], 30],
    ['a slow lane among others, as early', [4, 4, 4], 29],
  ])('%s', (_, requests, seconds) => {
    const context = { lanes: lanesOf(...requests), table };
    expect(secondsUntilWake(context, { lane: 'lane-0', submitAt: clock.now() + 30_100 })).toBe(seconds);
  });

  it('is none where the time is near, has passed, or the lane is gone', () => {
    const context = { lanes: lanesOf(4), table };
    const wait = (lane: string, inMs: number) => secondsUntilWake(context, { lane, submitAt: clock.now() + inMs });
    expect([wait('lane-0', 1_900), wait('lane-0', -5_000), wait('gone', 900)]).toEqual([0, 0, 0]);
  });

  it('is, of an execution that started late, what is left of it, and never left out where it was planned', () => {
    const context = { lanes: lanesOf(4), table };
    const wait = (inMs: number, isFar: boolean) =>
      secondsUntilPlannedWake(context, { lane: 'lane-0', submitAt: clock.now() + inMs, isFar });
    expect([wait(30_100, true), wait(900, true), wait(-5_000, true), wait(3_900, false)]).toEqual([29, 1, 1, 0]);
  });

  it('goes on in the process until the time has come, even if timers fire early', async () => {
    const slept: number[] = [];
    const sleep = async (ms: number) => {
      slept.push(ms);
      clock.advance(slept.length === 1 ? ms - 1 : ms);
    };
    await waitUntil({ table, sleep }, clock.now() + 1_500.5);
    expect(slept).toEqual([1_501, 1]);
    await waitUntil({ table, sleep }, clock.now());
    expect(slept).toHaveLength(2);
  });
});

it('calls a turn late that is more than three seconds behind its time', () => {
  expect([3_000, 3_001].map((ms) => isLate(0, ms))).toEqual([false, true]);
});
