import { beforeEach, expect, it } from 'vitest';
import { createServedRequests, type ServedRequests } from '#functions/dispatch/served-requests.ts';
import { createManualClock, type ManualClock, noon } from '#test/fixtures/manual-clock.ts';

let clock: ManualClock;
let served: ServedRequests;
beforeEach(() => {
  clock = createManualClock();
  served = createServedRequests(clock);
});

/** A run that takes a minute. */
const runAtNoon = (reason: Parameters<ServedRequests['note']>[0]) =>
  served.note(reason, async () => clock.advance(60_000));

it('has none before a run has ended', async () => {
  expect(served.has({ askedAt: noon - 60_000, only: 'turns' })).toBe(false);
  await served.note('turns', async () => {
    expect(served.has({ askedAt: noon - 60_000, only: 'turns' })).toBe(false);
  });
  expect(served.has({ askedAt: noon - 60_000, only: 'turns' })).toBe(true);
});

it('has what was asked for before the last run began, unless the index may not have shown it then', async () => {
  await runAtNoon('asked');
  expect(served.has({ askedAt: noon - 1_000 })).toBe(true);
  expect(served.has({ askedAt: noon - 100 })).toBe(false);
  expect(served.has({ askedAt: noon + 30_000 })).toBe(false);
});

it('has a request for turns after any run, and another one after a run that looked at everything', async () => {
  await runAtNoon('turns');
  expect([served.has({ askedAt: noon - 1_000, only: 'turns' }), served.has({ askedAt: noon - 1_000 })]).toEqual([
    true,
    false,
  ]);
  await runAtNoon('scheduled');
  expect(served.has({ askedAt: noon - 1_000 })).toBe(true);
});

it('has none that a run served which failed', async () => {
  const failed = served.note('asked', async () => {
    throw new Error('No table.');
  });
  await expect(failed).rejects.toThrow('No table.');
  expect(served.has({ askedAt: noon - 1_000 })).toBe(false);
});

it('has no request of an earlier version, which says nothing of its time', async () => {
  await runAtNoon('scheduled');
  expect(served.has({})).toBe(false);
});
