import { describe, expect, it } from 'vitest';
import { runCalendar } from './world/calendar.ts';

const seeds = Array.from({ length: 20 }, (_, index) => index + 1);

describe('rotating every day for 60 days', () => {
  const days = { rotationDays: 1, rotations: 60, crashesInRow: 2 };

  it.each(seeds)('succeeds 60 times and leaves nothing behind, whatever crashes: seed %i', async (seed) => {
    const report = await runCalendar({ ...days, seed });
    expect(report).toMatchObject({ rotations: 60, failures: 0, stillInUse: 0 });
    expect(report.crashes).toBeGreaterThan(60);
    expect(report.minutes).toBeGreaterThan(60 * 24 * 60);
    expect(report.world.adobe.secrets).toHaveLength(1);
  });

  it.each(seeds)('skips no day if Secrets Manager gives some rotations up: seed %i', async (seed) => {
    const report = await runCalendar({ ...days, seed, givenUp: 0.3 });
    expect(report).toMatchObject({ rotations: 60, stillInUse: 0 });
    expect(report.world.status()?.lastRotationFailed).toBe(false);
  });
});

describe.each([2, 7, 30, 90])('rotating every %i days', (rotationDays) => {
  const days = { rotationDays, rotations: 6, crashesInRow: 2 };

  it.each([1, 2, 3])('succeeds every time and leaves nothing behind, whatever crashes: seed %i', async (seed) => {
    expect(await runCalendar({ ...days, seed })).toMatchObject({ rotations: 6, failures: 0, stillInUse: 0 });
  });

  it('skips none if Secrets Manager gives some rotations up', async () => {
    expect(await runCalendar({ ...days, seed: 4, givenUp: 0.5 })).toMatchObject({ rotations: 6, stillInUse: 0 });
  });
});
