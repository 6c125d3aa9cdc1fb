import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { priorityOrder } from '#functions/dispatch/assign-permits.ts';
import { priorities } from '#shared/jobs/job.ts';

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
