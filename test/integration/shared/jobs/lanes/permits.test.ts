import { describe, expect, it } from 'vitest';
import type { Table } from '#shared/aws/table.ts';
import { countSubmit } from '#shared/jobs/lanes/daily-count.ts';
import type { Lane } from '#shared/jobs/lanes/lane.ts';
import { claimTrial, clearTrials, pauseLane, readPauses } from '#shared/jobs/lanes/pauses.ts';
import { claimableFrom, claimPermit, type Permit, releasePermits, settlePermits } from '#shared/jobs/lanes/permits.ts';
import { readLane } from '#shared/jobs/lanes/snapshot.ts';
import type { TestDynamoDb } from '#test/fixtures/job-table.ts';
import { loseAnswers } from '#test/fixtures/lost-answers.ts';
import { type ManualClock, noon } from '#test/fixtures/manual-clock.ts';
import { adobeLimits, createLane, heldMs, readPermits, takePermit } from '#test/fixtures/queue.ts';
import { useJobTable } from '#test/fixtures/use-job-table.ts';

let dynamoDb: TestDynamoDb;
let clock: ManualClock;
let table: Table;
let lane: Lane;
useJobTable((fresh) => {
  ({ table, lane, clock, dynamoDb } = fresh);
});

const permit = async (index: number): Promise<Permit> => (await readPermits(lane))[index] as Permit;

describe('permits', () => {
  it('are all free at first, as many as Adobe allows requests a minute', async () => {
    expect(await readPermits(lane)).toEqual([0, 1, 2, 3].map((index) => ({ window: 60, index, freeAt: 0 })));
  });

  it('are taken for the window of Adobe and the grace, from the submit time on', async () => {
    expect(await claimPermit(lane, await permit(2), noon)).toEqual({ window: 60, index: 2, until: noon + heldMs });
    expect(await permit(2)).toMatchObject({ window: 60, index: 2, freeAt: noon + heldMs });
    expect(await permit(1)).toEqual({ window: 60, index: 1, freeAt: 0 });
  });

  it('are claimed by one of many concurrent dispatchers', async () => {
    for (const from of [noon, noon + heldMs]) {
      const read = await permit(0);
      const claims = await Promise.all(
        Array.from({ length: 10 }, (_, dispatcher) => claimPermit(lane, read, from + dispatcher)),
      );
      expect(claims.filter(Boolean)).toHaveLength(1);
    }
  });

  it('are not claimed on the strength of an old reading', async () => {
    const read = await permit(0);
    await claimPermit(lane, read, noon);
    expect(await claimPermit(lane, read, noon)).toBeUndefined();
    expect(await claimPermit(lane, { window: 60, index: 0, freeAt: noon }, noon + 1)).toBeUndefined();
  });

  it('can be claimed again once released, and are released once', async () => {
    const turn = { lane: lane.name, permits: [await takePermit(lane, 0, noon)], submitAt: noon };
    await releasePermits(table, turn);
    expect((await permit(0)).freeAt).toBe(noon + 1);
    await takePermit(lane, 0, noon + 1);
    await releasePermits(table, turn);
    expect((await permit(0)).freeAt).toBe(noon + heldMs + 1);
  });

  it('are freed by their turn, whatever the limits were when they were claimed', async () => {
    const before = createLane(table, { ...adobeLimits, submitGraceMs: 20_000 });
    const turn = { lane: lane.name, permits: [await takePermit(before, 0, noon)], submitAt: noon };
    expect((await permit(0)).freeAt).toBe(noon + heldMs + 17_000);
    await releasePermits(table, turn);
    expect((await permit(0)).freeAt).toBe(noon + 1);
  });

  it('come free one window after the answer to their submit, and a minute late if there is none', async () => {
    const held = await takePermit(lane, 0, noon);
    expect(claimableFrom(await permit(0))).toBe(noon + heldMs + 60_000);
    await settlePermits(lane, [held], noon + 4_000);
    expect(claimableFrom(await permit(0))).toBe(noon + 64_011);
    await takePermit(lane, 0, noon + 64_011);
    await settlePermits(lane, [held], noon + 4_000);
    expect((await permit(0)).freeAt).toBe(noon + heldMs + 64_011);
  });

  it('stay taken when the answer to the claim is lost: nobody knows whose they are', async () => {
    const { own, client } = dynamoDb.reconnect(table);
    const lost = loseAnswers(client, { times: 1, matches: ({ name }) => name.startsWith('Update') });
    expect(await claimPermit(createLane(own), { window: 60, index: 0, freeAt: 0 }, noon)).toBeUndefined();
    expect(lost()).toBe(1);
    expect((await readPermits(createLane(own)))[0]?.freeAt).toBe(noon + heldMs);
  });
});

describe('the pause', () => {
  it('lasts until its end, and a shorter one does not shorten it', async () => {
    expect((await readPauses(lane)).pause).toBeUndefined();
    expect(await pauseLane(lane, { until: noon + 60_000, reason: 'rate_limited', level: 0 })).toBe(true);
    expect(await pauseLane(lane, { until: noon + 30_000, reason: 'rate_limited', level: 0 })).toBe(false);
    expect(await pauseLane(lane, { until: noon + 90_000, reason: 'quota_exhausted', level: 1 })).toBe(true);
    const pause = { until: noon + 90_000, reason: 'quota_exhausted', level: 1 };
    expect((await readPauses(lane)).pause).toEqual(pause);
    expect((await readLane(lane)).pause).toEqual(pause);
  });

  it('of a 429 does not end a series of trials', async () => {
    await pauseLane(lane, { until: noon + 60_000, reason: 'quota_exhausted', level: 3 });
    await pauseLane(lane, { until: noon + 90_000, reason: 'rate_limited', level: 0 });
    expect((await readPauses(lane)).pause).toEqual({ until: noon + 90_000, reason: 'rate_limited', level: 3 });
  });
});

describe('a trial', () => {
  it('is claimed by one of many dispatchers', async () => {
    await pauseLane(lane, { until: noon, reason: 'quota_exhausted', level: 1 });
    const claims = await Promise.all(Array.from({ length: 10 }, () => claimTrial(lane)));
    expect(claims.filter(Boolean)).toHaveLength(1);
  });

  it('can be claimed again when the one before was lost', async () => {
    await pauseLane(lane, { until: noon, reason: 'quota_exhausted', level: 1 });
    await claimTrial(lane);
    clock.advance(125_999);
    expect(await claimTrial(lane)).toBe(false);
    clock.advance(1);
    expect(await claimTrial(lane)).toBe(true);
  });

  it('is not needed after a pause that simply ends, or once Adobe accepts again', async () => {
    expect(await claimTrial(lane)).toBe(false);
    await pauseLane(lane, { until: noon, reason: 'rate_limited', level: 0 });
    expect(await claimTrial(lane)).toBe(false);
    await pauseLane(lane, { until: noon + 1, reason: 'quota_exhausted', level: 2 });
    await clearTrials(lane);
    expect(await claimTrial(lane)).toBe(false);
    expect((await readPauses(lane)).pause?.level).toBe(0);
  });

  it('series that never was needs no clearing', async () => {
    await clearTrials(lane);
    expect((await readPauses(lane)).pause).toBeUndefined();
  });
});

describe('the day’s limit', () => {
  it('holds exactly, however many count at once', async () => {
    const day = createLane(table, { ...adobeLimits, requestsPerDay: 7 });
    const counts = await Promise.all(Array.from({ length: 12 }, () => countSubmit(day)));
    expect(counts.filter(Boolean)).toHaveLength(7);
    expect((await readLane(day)).usedToday).toBe(7);
  });

  it('begins anew at midnight UTC', async () => {
    const day = createLane(table, { ...adobeLimits, requestsPerDay: 1 });
    clock.set(Date.UTC(2026, 0, 15, 23, 59, 59, 999));
    expect(await countSubmit(day)).toBe(true);
    expect(await countSubmit(day)).toBe(false);
    clock.advance(1);
    expect((await readLane(day)).usedToday).toBe(0);
    expect(await countSubmit(day)).toBe(true);
  });
});
