import { describe, expect, it } from 'vitest';
import { runCalendar } from './world/calendar.ts';

describe('the rotation at its interval', () => {
  it('succeeds every day for a week and leaves nothing behind, whatever crashes', async () => {
    const report = await runCalendar({ rotationDays: 1, rotations: 7, seed: 1, crashesInRow: 2 });
    expect(report).toMatchObject({ rotations: 7, failures: 0, stillInUse: 0 });
    expect(report.world.adobe.secrets).toHaveLength(1);
  });

  it('skips no day if Secrets Manager gives every rotation up after its crashes', async () => {
    const report = await runCalendar({ rotationDays: 1, rotations: 7, seed: 2, crashesInRow: 1, givenUp: 1 });
    expect(report).toMatchObject({ rotations: 7, stillInUse: 0 });
    expect(report.failures).toBeGreaterThan(0);
  });

  it.each([2, 7])('succeeds every %i days', async (rotationDays) => {
    const report = await runCalendar({ rotationDays, rotations: 3, seed: 3, crashesInRow: 2 });
    expect(report).toMatchObject({ rotations: 3, failures: 0, stillInUse: 0 });
  });
});
