import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Table } from '#shared/aws/table.ts';
import { type Lane, maxClockSkewMs } from '#shared/jobs/lanes/lane.ts';
import { settlePollSlots, takePollSlots } from '#shared/jobs/lanes/poll-slots.ts';
import type { ManualClock } from '#test/fixtures/manual-clock.ts';
import { createLane, takePermit } from '#test/fixtures/queue.ts';
import { inTier } from '#test/fixtures/tier.ts';
import { useJobTable } from '#test/fixtures/use-job-table.ts';

let table: Table;
let clock: ManualClock;
useJobTable((fresh) => {
  ({ table, clock } = fresh);
});

let lanes = 0;
const openLane = (hard: number, soft = hard): Lane => {
  lanes += 1;
  return createLane(table, { windows: [{ seconds: 60, hard, soft }], submitGraceMs: 3_000 }, `polls-${lanes}`);
};

const answerMs = 20_000;

describe('the places of polls', () => {
  it('are as many as the soft limit, and come free one window after the answer', async () => {
    const lane = openLane(5, 3);
    const taken = await Promise.all([1, 2, 3, 4].map(() => takePollSlots(lane, answerMs)));
    expect(taken.filter((slots) => slots !== undefined)).toHaveLength(3);
    const [first] = taken.filter((slots) => slots !== undefined);
    if (first === undefined) throw new Error('None was taken.');
    clock.advance(1_000);
    await settlePollSlots(lane, first);
    clock.advance(60_000 + maxClockSkewMs);
    expect(await takePollSlots(lane, answerMs)).toBeUndefined();
    clock.advance(1);
    expect(await takePollSlots(lane, answerMs)).toBeDefined();
    expect(await takePollSlots(lane, answerMs)).toBeUndefined();
  });

  it('are free again after a crash when the poll cannot be under way any more', async () => {
    const lane = openLane(1);
    await takePollSlots(lane, answerMs);
    clock.advance(80_000 + maxClockSkewMs);
    expect(await takePollSlots(lane, answerMs)).toBeUndefined();
    clock.advance(1);
    expect(await takePollSlots(lane, answerMs)).toBeDefined();
  });

  it('are shared with submits', async () => {
    const lane = openLane(2);
    await takePermit(lane, 0, clock.now());
    await takePermit(lane, 1, clock.now());
    expect(await takePollSlots(lane, answerMs)).toBeUndefined();
  });

  it('let no window hold more polls than the limit, however long each is on its way', async () => {
    const poll = fc.record({
      waitMs: fc.integer({ min: 0, max: 20_000 }),
      onWayMs: fc.integer({ min: 0, max: answerMs }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(poll, { maxLength: 30 }), fc.integer({ min: 1, max: 4 }), async (polls, hard) => {
        const lane = openLane(hard);
        const arrivals: number[] = [];
        for (const { waitMs, onWayMs } of polls) {
          clock.advance(waitMs);
          const slots = await takePollSlots(lane, answerMs);
          if (slots === undefined) continue;
          clock.advance(onWayMs);
          arrivals.push(clock.now());
          await settlePollSlots(lane, slots);
        }
        for (const [index, at] of arrivals.entries()) {
          const next = arrivals[index + hard];
          if (next !== undefined) expect(next - at).toBeGreaterThan(60_000);
        }
      }),
      { numRuns: inTier(8, 40) },
    );
  });
});
