import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { priorityOrder, turnsBefore } from '#shared/jobs/lanes/priority-order.ts';
import { priorities } from '#shared/priority.ts';

describe('priorityOrder', () => {
  it('tries every priority at every turn, so that no permit is left over while anybody waits', () => {
    fc.assert(
      fc.property(fc.nat(), (turn) => {
        expect(priorityOrder(turn).toSorted()).toEqual([...priorities].toSorted());
      }),
    );
  });

  it('serves each priority first at least once in any ten turns in a row: nothing starves', () => {
    fc.assert(
      fc.property(fc.nat(), (start) => {
        const first = Array.from({ length: 10 }, (_, offset) => priorityOrder(start + offset)[0]);
        expect(new Set(first)).toEqual(new Set(priorities));
      }),
    );
  });

  it('serves high before normal before low in eight of ten turns', () => {
    const orders = Array.from({ length: 10 }, (_, turn) => priorityOrder(turn));
    expect(orders.filter((order) => order.join() === priorities.join())).toHaveLength(8);
  });
});

describe('turnsBefore', () => {
  const waitingJobs = fc.record({ high: fc.nat(150), normal: fc.nat(150), low: fc.nat(150) });

  it('is what giving the turns one by one comes to', () => {
    fc.assert(
      fc.property(
        waitingJobs,
        fc.constantFrom(...priorities),
        fc.nat(100),
        fc.nat(500),
        (waiting, own, turns, limit) => {
          const left = { ...waiting, [own]: waiting[own] + 1 };
          let given = 0;
          for (let ownTurns = 0; ownTurns <= waiting[own]; given += 1) {
            const next = priorityOrder(turns + given + 1).find((priority) => left[priority] > 0) ?? own;
            left[next] -= 1;
            if (next === own) ownTurns += 1;
          }
          expect(turnsBefore(own, waiting, { turns, limit: 2_000 })).toBe(given - 1);
          expect(turnsBefore(own, waiting, { turns, limit })).toBe(Math.min(limit, given - 1));
        },
      ),
    );
  });

  it('lets at most ten turns pass for each job of low priority', () => {
    fc.assert(
      fc.property(waitingJobs, fc.nat(100), (waiting, turns) => {
        expect(turnsBefore('low', waiting, { turns, limit: 2_000 })).toBeLessThan(10 * (waiting.low + 1));
      }),
    );
  });

  it('counts up to a limit', () => {
    expect(turnsBefore('low', { high: 0, normal: 50, low: 50 }, { turns: 0, limit: 30 })).toBe(30);
  });
});
