import { beforeAll, describe, expect, it } from 'vitest';
import { busyDay, type GivenTurn, simulateFairness, waitsOf } from '#test/bench/fairness-simulation.ts';

const requestsPerMinute = 4;
let turns: GivenTurn[];
beforeAll(async () => {
  turns = await simulateFairness(busyDay, requestsPerMinute);
});

const callers = busyDay.map(({ caller }) => caller);

/** The turns that were given after a caller's only job had come in, up to its own. */
const turnsBeforeSingle = (caller: string): GivenTurn[] => {
  const own = turns.findIndex((turn) => turn.caller === caller);
  const { minute = 0 } = busyDay.find((arrival) => arrival.caller === caller) ?? {};
  return turns.slice(0, own).filter(({ givenAt }) => givenAt >= minute);
};

describe('10,000 jobs of low priority, 100 normal ones, 5 high ones, and single ones of others', () => {
  it('wait for so long', () => {
    const waits = Object.fromEntries(callers.map((caller) => [caller, waitsOf(turns, caller)]));
    expect(waits).toMatchObject({
      team: { jobs: 100 },
      editor: { jobs: 5 },
      visitor: { jobs: 1 },
      'second batch': { jobs: 1 },
    });
    // What has a permit already, at most those of two minutes, goes first; and one turn in ten is a low one.
    expect(waits['editor']?.max).toBeLessThanOrEqual(2 + (5 / requestsPerMinute) * 1.05 + 1);
    expect(waits['team']?.max).toBeLessThanOrEqual(((100 + 5 + 1) / requestsPerMinute) * 1.05 * (10 / 9) + 2);
    expect(waits['visitor']?.max).toBeLessThanOrEqual(waits['team']?.max ?? 0);
  });

  it('go in the order of their priority, but for the turns that belong to another one', () => {
    const shared = turns.slice(
      turns.findIndex(({ priority }) => priority !== 'low'),
      1 + turns.findLastIndex(({ priority }) => priority !== 'low'),
    );
    const low = shared.filter(({ priority }) => priority === 'low');
    expect(low.every(({ passedOver }) => passedOver)).toBe(true);
    expect(low.length).toBeGreaterThanOrEqual(Math.floor(shared.length / 10));
    expect(low.length).toBeLessThanOrEqual(Math.ceil(shared.length / 10));
    const normal = shared.filter(({ priority, passedOver }) => priority === 'normal' && passedOver);
    expect(normal.length).toBeLessThanOrEqual(1);
  });

  it('starve nobody: of any ten turns one at least is a low one', () => {
    for (let first = 0; first + 10 <= turns.length; first += 1) {
      const ten = turns.slice(first, first + 10).map(({ priority }) => priority);
      expect(ten).toContain('low');
    }
  });

  it('keep the single job of another caller waiting for one round at most', () => {
    for (const caller of ['visitor', 'second batch']) {
      const { priority } = busyDay.find((arrival) => arrival.caller === caller) ?? {};
      const sameQueue = turnsBeforeSingle(caller).filter((turn) => turn.priority === priority);
      expect(sameQueue.length).toBeLessThanOrEqual(1);
    }
  });
});
