import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { State } from '#local/data/state.ts';
import { type Schedules, startSchedules } from '#local/stack-schedules.ts';
import { stackNames } from '#local/stack-settings.ts';
import { scheduledFunctionNames } from '#shared/permissions/service-permissions.ts';

const minute = 60_000;
const [dispatch, tokenRefresh, secretRotation] = scheduledFunctionNames;
const invoke = vi.fn<(name: string, payload: unknown) => Promise<unknown>>();
const rotateDue = vi.fn<() => string[]>();
const errors: [string, unknown][] = [];
let schedules: Schedules;

const timesOf = (name: string) => invoke.mock.calls.filter(([called]) => called === name).length;

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1, 12, 0, 30) });
  invoke.mockReset().mockResolvedValue(undefined);
  rotateDue.mockReset().mockReturnValue([]);
  errors.length = 0;
  schedules = startSchedules(invoke, { rotateDue }, (name, error) => errors.push([name, error]));
});
afterEach(async () => {
  await schedules.close();
  vi.useRealTimers();
});

describe('the schedules of the embedded stack', () => {
  it('run dispatch and due rotations every minute, the token refresh every hour, the care for secrets every day', async () => {
    await vi.advanceTimersByTimeAsync(24 * 60 * minute);
    expect([dispatch, tokenRefresh, secretRotation].map(timesOf)).toEqual([24 * 60, 24, 1]);
    expect(rotateDue).toHaveBeenCalledTimes(24 * 60);
    expect(invoke).toHaveBeenCalledWith(secretRotation, { action: 'daily' });
  });

  it('skip a turn while the function still runs, and take the next', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    invoke.mockReturnValueOnce(promise);
    await vi.advanceTimersByTimeAsync(3 * minute);
    expect(timesOf(dispatch)).toBe(1);
    resolve();
    await vi.advanceTimersByTimeAsync(minute);
    expect(timesOf(dispatch)).toBe(2);
  });

  it('report an error and go on', async () => {
    const error = new Error('not now');
    invoke.mockRejectedValueOnce(error);
    await vi.advanceTimersByTimeAsync(2 * minute);
    expect(errors).toEqual([[stackNames.functions.dispatch, error]]);
    expect(timesOf(dispatch)).toBe(2);
  });

  it('start nothing once they are closed, and leave no timer', async () => {
    await vi.advanceTimersByTimeAsync(minute);
    await schedules.close();
    await vi.advanceTimersByTimeAsync(3 * minute);
    expect(timesOf(dispatch)).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('the schedules of a stack with a data folder', () => {
  const start = async (lastRuns: Record<string, number>, expire = vi.fn(async () => {})) => {
    await schedules.close();
    const written: string[] = [];
    const state: State = {
      read: (_kind, schema) =>
        new Map(Object.entries(lastRuns).map(([name, ago]) => [name, schema.parse(Date.now() - ago)])),
      write: (...changes) => void written.push(...changes.map(({ id }) => id)),
      close: () => {},
    };
    schedules = startSchedules(invoke, { rotateDue }, (name, error) => errors.push([name, error]), {
      state,
      expire,
    });
    await vi.advanceTimersByTimeAsync(0);
    return { written, expire };
  };
  const functions = scheduledFunctionNames.map((name) => stackNames.functions[name]);
  const names = [...functions, 'rotation schedule', 'time to live'];
  const lastAll = (ago: number) => Object.fromEntries(names.map((name) => [name, ago]));

  it('run once at the start what was missed, however often it was', async () => {
    const { written, expire } = await start(lastAll(3 * 24 * 60 * minute));
    expect([dispatch, tokenRefresh, secretRotation].map(timesOf)).toEqual([1, 1, 1]);
    expect(rotateDue).toHaveBeenCalledTimes(1);
    expect(expire).toHaveBeenCalledTimes(1);
    expect(written.toSorted()).toEqual(names.toSorted());
  });

  it('run nothing at the start that is not due', async () => {
    await start(lastAll(1_000));
    expect(invoke).not.toHaveBeenCalled();
    expect(rotateDue).not.toHaveBeenCalled();
  });

  it('run at the start what ran last by a clock that was set back since', async () => {
    await start(lastAll(-60 * minute));
    expect([dispatch, tokenRefresh, secretRotation].map(timesOf)).toEqual([1, 1, 1]);
  });

  it('try again after a restart what failed', async () => {
    invoke.mockRejectedValueOnce(new Error('not now'));
    const { written } = await start({ [stackNames.functions.dispatch]: 2 * minute });
    expect(timesOf(dispatch)).toBe(1);
    expect(written).toEqual([]);
  });
});
