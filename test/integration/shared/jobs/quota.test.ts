import { describe, expect, it } from 'vitest';
import type { Table } from '#shared/aws/table.ts';
import {
  claimPermit,
  claimTrial,
  clearTrials,
  countSubmit,
  type Permit,
  pauseQuota,
  readPauses,
  readQuota,
  releasePermit,
} from '#shared/jobs/quota.ts';
import { adobeLimits as limits, type TestDynamoDb } from '#test/fixtures/job-table.ts';
import { loseAnswers } from '#test/fixtures/lost-answers.ts';
import { type ManualClock, noon } from '#test/fixtures/manual-clock.ts';
import { useJobTable } from '#test/fixtures/use-job-table.ts';

let dynamoDb: TestDynamoDb;
let clock: ManualClock;
let table: Table;
useJobTable((fresh) => {
  ({ table, clock, dynamoDb } = fresh);
});

const permit = async (index: number): Promise<Permit> => (await readQuota(table, limits)).permits[index] as Permit;

describe('permits', () => {
  it('are all free at first, as many as Adobe allows requests a minute', async () => {
    expect((await readQuota(table, limits)).permits).toEqual([0, 1, 2, 3].map((index) => ({ index, freeAt: 0 })));
  });

  it('are taken for the window of Adobe and the grace, from the submit time on', async () => {
    expect(await claimPermit(table, limits, await permit(2), noon)).toBe(true);
    expect(await permit(2)).toEqual({ index: 2, freeAt: noon + 63_000 });
    expect(await permit(1)).toEqual({ index: 1, freeAt: 0 });
  });

  it('are claimed by one of many concurrent dispatchers', async () => {
    for (const from of [noon, noon + 63_000]) {
      const read = await permit(0);
      const claims = await Promise.all(
        Array.from({ length: 10 }, (_, dispatcher) => claimPermit(table, limits, read, from + dispatcher)),
      );
      expect(claims.filter(Boolean)).toHaveLength(1);
    }
  });

  it('are not claimed on the strength of an old reading', async () => {
    const read = await permit(0);
    await claimPermit(table, limits, read, noon);
    expect(await claimPermit(table, limits, read, noon)).toBe(false);
    expect(await claimPermit(table, limits, { index: 0, freeAt: noon }, noon + 1)).toBe(false);
  });

  it('can be claimed again once released, and are released once', async () => {
    await claimPermit(table, limits, await permit(0), noon);
    expect(await releasePermit(table, limits, 0, noon)).toBe(true);
    expect((await permit(0)).freeAt).toBeLessThanOrEqual(noon + 1);
    expect(await releasePermit(table, limits, 0, noon)).toBe(false);
  });

  it('are not freed by a release that comes a second time, after somebody else has claimed them', async () => {
    await claimPermit(table, limits, await permit(0), noon);
    await releasePermit(table, limits, 0, noon);
    const free = await permit(0);
    const submitAt = Math.max(noon, free.freeAt);
    expect(await claimPermit(table, limits, free, submitAt)).toBe(true);
    expect(await releasePermit(table, limits, 0, noon)).toBe(false);
    expect((await permit(0)).freeAt).toBe(submitAt + 63_000);
  });

  it('stay taken when the answer to the claim is lost: nobody knows whose they are', async () => {
    const { own, client } = dynamoDb.reconnect(table);
    const lost = loseAnswers(client, { times: 1, matches: ({ name }) => name.startsWith('Update') });
    expect(await claimPermit(own, limits, { index: 0, freeAt: 0 }, noon)).toBe(false);
    expect(lost()).toBe(1);
    expect((await readQuota(own, limits)).permits[0]?.freeAt).toBe(noon + 63_000);
  });
});

describe('the pause', () => {
  it('lasts until its end, and a shorter one does not shorten it', async () => {
    expect((await readPauses(table)).pause).toBeUndefined();
    expect(await pauseQuota(table, { until: noon + 60_000, reason: 'rate_limited', level: 0 })).toBe(true);
    expect(await pauseQuota(table, { until: noon + 30_000, reason: 'rate_limited', level: 0 })).toBe(false);
    expect(await pauseQuota(table, { until: noon + 90_000, reason: 'quota_exhausted', level: 1 })).toBe(true);
    const pause = { until: noon + 90_000, reason: 'quota_exhausted', level: 1 };
    expect((await readPauses(table)).pause).toEqual(pause);
    expect((await readQuota(table, limits)).pause).toEqual(pause);
  });

  it('of a 429 does not end a series of trials', async () => {
    await pauseQuota(table, { until: noon + 60_000, reason: 'quota_exhausted', level: 3 });
    await pauseQuota(table, { until: noon + 90_000, reason: 'rate_limited', level: 0 });
    expect((await readPauses(table)).pause).toEqual({ until: noon + 90_000, reason: 'rate_limited', level: 3 });
  });
});

describe('a trial', () => {
  it('is claimed by one of many dispatchers', async () => {
    await pauseQuota(table, { until: noon, reason: 'quota_exhausted', level: 1 });
    const claims = await Promise.all(Array.from({ length: 10 }, () => claimTrial(table, limits)));
    expect(claims.filter(Boolean)).toHaveLength(1);
  });

  it('can be claimed again when the one before was lost', async () => {
    await pauseQuota(table, { until: noon, reason: 'quota_exhausted', level: 1 });
    await claimTrial(table, limits);
    clock.advance(125_999);
    expect(await claimTrial(table, limits)).toBe(false);
    clock.advance(1);
    expect(await claimTrial(table, limits)).toBe(true);
  });

  it('is not needed after a pause that simply ends, or once Adobe accepts again', async () => {
    expect(await claimTrial(table, limits)).toBe(false);
    await pauseQuota(table, { until: noon, reason: 'rate_limited', level: 0 });
    expect(await claimTrial(table, limits)).toBe(false);
    await pauseQuota(table, { until: noon + 1, reason: 'quota_exhausted', level: 2 });
    await clearTrials(table);
    expect(await claimTrial(table, limits)).toBe(false);
    expect((await readPauses(table)).pause?.level).toBe(0);
  });

  it('series that never was needs no clearing', async () => {
    await clearTrials(table);
    expect((await readPauses(table)).pause).toBeUndefined();
  });
});

describe('the day’s limit', () => {
  it('holds exactly, however many count at once', async () => {
    const day = { ...limits, requestsPerDay: 7 };
    const counts = await Promise.all(Array.from({ length: 12 }, () => countSubmit(table, day)));
    expect(counts.filter(Boolean)).toHaveLength(7);
    expect((await readQuota(table, day)).usedToday).toBe(7);
  });

  it('begins anew at midnight UTC', async () => {
    const day = { ...limits, requestsPerDay: 1 };
    clock.set(Date.UTC(2026, 0, 15, 23, 59, 59, 999));
    expect(await countSubmit(table, day)).toBe(true);
    expect(await countSubmit(table, day)).toBe(false);
    clock.advance(1);
    expect((await readQuota(table, day)).usedToday).toBe(0);
    expect(await countSubmit(table, day)).toBe(true);
  });
});
