import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ScheduledTask, startScheduler } from '#local/scheduler.ts';

const minute = 60_000;
const errors: [string, unknown][] = [];
const run = vi.fn<() => Promise<unknown>>();

const start = (task: Partial<ScheduledTask> = {}) =>
  startScheduler([{ name: 'task', everyMs: minute, run, ...task }], {
    onError: (name, error) => errors.push([name, error]),
  });

beforeEach(() => {
  vi.useFakeTimers();
  run.mockReset().mockResolvedValue(undefined);
  errors.length = 0;
});

afterEach(() => vi.useRealTimers());

describe('startScheduler', () => {
  it('runs a task at its rate', async () => {
    start();
    await vi.advanceTimersByTimeAsync(minute - 1);
    expect(run).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1 + 2 * minute);
    expect(run).toHaveBeenCalledTimes(3);
  });

  it('runs a task at once if it is asked to', () => {
    start({ atOnce: true });
    expect(run).toHaveBeenCalledTimes(1);
  });

  it('keeps a rate longer than a timer can', async () => {
    const days = 30 * 24 * 60 * minute;
    start({ everyMs: days });
    await vi.advanceTimersByTimeAsync(days - 1);
    expect(run).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(run).toHaveBeenCalledTimes(1);
  });

  it('skips a turn while the task still runs, and takes the next', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    run.mockReturnValueOnce(promise);
    start();
    await vi.advanceTimersByTimeAsync(3 * minute);
    expect(run).toHaveBeenCalledTimes(1);
    resolve();
    await vi.advanceTimersByTimeAsync(minute);
    expect(run).toHaveBeenCalledTimes(2);
  });

  it('reports an error and goes on', async () => {
    const error = new Error('not now');
    run.mockRejectedValueOnce(error);
    start();
    await vi.advanceTimersByTimeAsync(2 * minute);
    expect(errors).toEqual([['task', error]]);
    expect(run).toHaveBeenCalledTimes(2);
  });

  it('starts nothing once it is closed, and leaves no timer', async () => {
    const scheduler = start();
    await vi.advanceTimersByTimeAsync(minute);
    await scheduler.close();
    await vi.advanceTimersByTimeAsync(3 * minute);
    expect(run).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});
