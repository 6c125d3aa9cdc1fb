import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lane } from '#shared/jobs/lanes/lane.ts';
import { claimTrial, pauseLane, readPauses } from '#shared/jobs/lanes/pauses.ts';
import { createLane } from '#test/fixtures/queue.ts';
import { followWithCrash } from './crashes.ts';
import { type Rig, type Servers, startServers } from './rig.ts';

let servers: Servers;
beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers.close());

const request = JSON.stringify({
  image: { source: { url: 'https://inputs.example.com/a.png' } },
  outputs: [{ destination: { validityPeriod: 60 }, mediaType: 'image/png' }],
});
const fields = { operation: 'photoshop/edit', modelVersion: undefined, request };

const failed = (errorCode: string) => ({
  status: 200,
  body: { status: 'failed', errorDetails: [{ errorCode, message: `Adobe says ${errorCode}.` }] },
});

const succeeded = ({ storage }: Rig) => {
  storage.script('GET', '/a', { status: 200, headers: { 'content-type': 'image/png' }, body: 'a picture' });
  return {
    status: 200,
    body: { status: 'succeeded', result: { outputs: [{ destination: { url: `${storage.url}/a` } }] } },
  };
};

const statusPath = '/v2/status/J';

/** A rig whose Adobe accepts a job of Photoshop's and ends it like this. */
const prepare = async (end: (rig: Rig) => Parameters<Rig['adobe']['script']>[2]) => {
  const rig = await servers.rig();
  rig.adobe.script('POST', '/v2/edit', { status: 202, body: { jobId: 'J', statusUrl: rig.adobe.url + statusPath } });
  rig.adobe.script('GET', statusPath, end(rig));
  const pause = async () => (await rig.quota()).pause;
  const follow = async () => rig.follow(await rig.scheduled({ fields }));
  return { rig, pause, follow };
};

const afterPause = (rig: Rig, level: number) =>
  pauseLane(createLane(rig.context.table), {
    until: Date.now() - 1,
    reason: 'quota_exhausted',
    level,
    code: '403421',
    isOfEnds: true,
  });

describe.concurrent('a job that Adobe accepted and failed because the quota is used up', () => {
  it('fails with that code, and its lane pauses with the alarm as after a refused submit', async () => {
    const beganAt = Date.now();
    const { rig, pause, follow } = await prepare(() => failed('403421'));
    const { job } = await follow();
    expect(job).toMatchObject({ state: 'failed', error: { code: '403421' } });
    expect(await pause()).toMatchObject({ reason: 'quota_exhausted', code: '403421', level: 1 });
    expect((await pause())?.until).toBeGreaterThanOrEqual(beganAt + 60_000);
    expect(rig.metrics).toEqual(['QueuePaused', 'JobsFailed']);
  });

  it('does not make a pause longer that stands', async () => {
    const { rig, pause } = await prepare(() => failed('403421'));
    const jobs = [await rig.accepted({ statusUrl: rig.adobe.url + statusPath }, { ...fields })];
    await pauseLane(createLane(rig.context.table), {
      until: Date.now() + 300_000,
      reason: 'quota_exhausted',
      level: 3,
    });
    for (const job of jobs) await rig.follow(job);
    expect(await pause()).toMatchObject({ level: 3 });
    expect(rig.metrics).toEqual(['JobsFailed']);
  });

  it('doubles the pause as the trial after one, though Adobe accepted it', async () => {
    const { rig, pause, follow } = await prepare(() => failed('403421'));
    await afterPause(rig, 1);
    const beganAt = Date.now();
    expect((await follow()).job).toMatchObject({ state: 'failed', isTrial: true });
    expect(await pause()).toMatchObject({ level: 2 });
    expect((await pause())?.until).toBeGreaterThanOrEqual(beganAt + 120_000);
  });

  it('opens the lane as a trial that succeeds, and not before', async () => {
    const levels: (number | undefined)[] = [];
    const { rig, pause, follow } = await prepare((own) => async () => {
      levels.push((await pause())?.level);
      return succeeded(own);
    });
    await afterPause(rig, 2);
    expect((await follow()).job.state).toBe('succeeded');
    expect(levels[0]).toBe(2);
    expect(await pause()).toMatchObject({ level: 0 });
    expect(await claimTrial(createLane(rig.context.table))).toBe(false);
  });

  it('pauses the lane once, and not longer, wherever a crash comes', async () => {
    const whole = await prepare(() => failed('403421'));
    const scheduled = await whole.rig.scheduled({ fields });
    const { effects } = await followWithCrash(whole.rig, scheduled, undefined);
    // Behind the submit: what is interrupted there is unknown.
    for (let at = effects - 1; at >= effects - 7; at -= 1) {
      const { rig, pause } = await prepare(() => failed('403421'));
      const job = await rig.scheduled({ fields });
      await followWithCrash(rig, job, { at, after: true });
      expect(await pause(), `effect ${at}`).toMatchObject({ level: 1, code: '403421' });
    }
  });
});

describe.concurrent('other ends', () => {
  it('with a code of the credential pause no lane of another service', async () => {
    const { rig, pause, follow } = await prepare(() => failed('user_not_entitled'));
    const { table } = rig.context;
    const other: Lane = { table, name: 'substance', limits: { windows: [], submitGraceMs: 0 } };
    Object.assign(rig.context, { lanes: new Map([...rig.context.lanes, ['substance', other]]) });
    await follow();
    expect(await pause()).toMatchObject({ reason: 'access_refused', code: 'user_not_entitled' });
    expect((await readPauses(other)).pause).toBeUndefined();
  });

  it.each(['400411', '403401', '500600'])('with %s are about the job', async (code) => {
    const { rig, pause, follow } = await prepare(() => failed(code));
    expect((await follow()).job).toMatchObject({ state: 'failed', error: { code } });
    expect(await pause()).toBeUndefined();
    expect(rig.metrics).toEqual(['JobsFailed']);
  });
});
