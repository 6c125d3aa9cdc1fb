import { describe, expect, it } from 'vitest';
import type { Table } from '#shared/aws/table.ts';
import type { Lane } from '#shared/jobs/lanes/lane.ts';
import {
  claimTrial,
  clearTrials,
  clearTrialsOfEnds,
  isPaused,
  pauseByOperator,
  pauseLane,
  readPauses,
  resumeByOperator,
} from '#shared/jobs/lanes/pauses.ts';
import { readLane } from '#shared/jobs/lanes/snapshot.ts';
import { type ManualClock, noon } from '#test/fixtures/manual-clock.ts';
import { adobeLimits, createLane, onlyLane } from '#test/fixtures/queue.ts';
import { useJobTable } from '#test/fixtures/use-job-table.ts';

let table: Table;
let lane: Lane;
let clock: ManualClock;
useJobTable((fresh) => {
  ({ table, lane, clock } = fresh);
});

const adobesPause = { until: noon + 60_000, reason: 'rate_limited', level: 2 } as const;

describe('an operator’s pause', () => {
  it('stands until it is ended, with who and why', async () => {
    expect(await readPauses(lane)).toEqual({});
    expect(await pauseByOperator(table, { by: 'ops', reason: 'month end' })).toBe(true);
    const operatorPause = { since: noon, by: 'ops', reason: 'month end' };
    expect(await readPauses(lane)).toEqual({ operatorPause });
    expect((await readLane(lane)).operatorPause).toEqual(operatorPause);
    expect(isPaused(await readPauses(lane), noon + 365 * 86_400_000)).toBe(true);
    expect(await resumeByOperator(table, onlyLane(lane))).toBe(true);
    expect(await readPauses(lane)).toEqual({});
  });

  it('is set once and ended once, however often and by however many it is asked for', async () => {
    expect(await resumeByOperator(table, onlyLane(lane))).toBe(false);
    const set = await Promise.all(['ann', 'bob', 'cy'].map((by) => pauseByOperator(table, { by })));
    expect(set.filter(Boolean)).toHaveLength(1);
    const { operatorPause } = await readPauses(lane);
    clock.advance(1_000);
    expect(await pauseByOperator(table, { by: 'dan', reason: 'later' })).toBe(false);
    expect(await readPauses(lane)).toEqual({ operatorPause });
    const ended = await Promise.all([resumeByOperator(table, onlyLane(lane)), resumeByOperator(table, onlyLane(lane))]);
    expect(ended.filter(Boolean)).toHaveLength(1);
  });

  it('neither ends Adobe’s pause nor is ended by it', async () => {
    await pauseLane(lane, adobesPause);
    await pauseByOperator(table, { by: 'ops' });
    expect(await readPauses(lane)).toEqual({ pause: adobesPause, operatorPause: { since: noon, by: 'ops' } });
    await resumeByOperator(table, onlyLane(lane));
    expect(await readPauses(lane)).toEqual({ pause: adobesPause });

    await pauseByOperator(table, { by: 'ops' });
    clock.advance(60_000);
    await claimTrial(lane);
    await clearTrials(lane);
    expect(await pauseLane(lane, { until: noon + 120_000, reason: 'quota_exhausted', level: 1 })).toBe(true);
    expect((await readPauses(lane)).operatorPause).toEqual({ since: noon, by: 'ops' });
  });

  it('lets Adobe pause a queue that only an operator has paused before', async () => {
    await pauseByOperator(table, { by: 'ops' });
    expect(await pauseLane(lane, adobesPause)).toBe(true);
    await resumeByOperator(table, onlyLane(lane));
    expect(await readPauses(lane)).toEqual({ pause: adobesPause });
  });
});

describe('a pause that ends of accepted jobs have caused', () => {
  const ofEnds = { until: noon, reason: 'quota_exhausted', level: 2, code: '403421', isOfEnds: true } as const;

  it('outlives the acceptance of a trial, and is over with its success', async () => {
    await pauseLane(lane, ofEnds);
    await clearTrials(lane);
    expect((await readPauses(lane)).pause).toEqual(ofEnds);
    await clearTrialsOfEnds(lane);
    expect((await readPauses(lane)).pause).toEqual({ ...ofEnds, level: 0, isOfEnds: undefined });
  });

  it('gives way to one that a refusal has caused, which its acceptance ends', async () => {
    await pauseLane(lane, ofEnds);
    await pauseLane(lane, { until: noon + 1, reason: 'quota_exhausted', level: 3 });
    await clearTrialsOfEnds(lane);
    expect((await readPauses(lane)).pause).toMatchObject({ level: 3 });
    await clearTrials(lane);
    expect((await readPauses(lane)).pause).toMatchObject({ level: 0 });
  });
});

describe('an operator who resumes', () => {
  it.each(['access_refused', 'quota_exhausted', 'intercepted', 'token_refused'] as const)(
    'has one job tried at once after %s, and the series of trials goes on if it is refused',
    async (reason) => {
      await pauseLane(lane, { until: noon, reason, level: 3, code: '403003' });
      expect(await claimTrial(lane)).toBe(true);
      await pauseLane(lane, { until: noon + 480_000, reason, level: 4, code: '403003' });
      expect(await resumeByOperator(table, onlyLane(lane))).toBe(true);
      const { pause } = await readPauses(lane);
      expect(pause).toEqual({ until: noon, reason, level: 4, code: '403003' });
      expect(isPaused({ pause }, noon)).toBe(false);
      expect(await claimTrial(lane)).toBe(true);
      expect(await claimTrial(lane)).toBe(false);
    },
  );

  it('leaves a rate limit alone', async () => {
    await pauseLane(lane, adobesPause);
    expect(await resumeByOperator(table, onlyLane(lane))).toBe(false);
    expect((await readPauses(lane)).pause).toEqual(adobesPause);
  });
});

describe('the pauses of several lanes', () => {
  const other = () => createLane(table, adobeLimits, 'photoshop');

  it('hold up the lane that met them, except for a refused token, which holds up all', async () => {
    await pauseLane(lane, { until: noon + 60_000, reason: 'quota_exhausted', level: 1 });
    expect(isPaused(await readPauses(other()), noon)).toBe(false);
    await pauseLane(other(), { until: noon + 30_000, reason: 'token_refused', level: 2 });
    for (const each of [lane, other()]) expect(isPaused(await readPauses(each), noon)).toBe(true);
    expect((await readPauses(lane)).pause).toEqual({ until: noon + 60_000, reason: 'quota_exhausted', level: 2 });
  });

  it('of a refused token allow one trial in all lanes together, whose success ends them', async () => {
    await pauseLane(lane, { until: noon, reason: 'token_refused', level: 1 });
    const claims = await Promise.all([claimTrial(lane), claimTrial(other())]);
    expect(claims.filter(Boolean)).toHaveLength(1);
    await clearTrials(other());
    expect((await readPauses(lane)).pause?.level).toBe(0);
  });
});
