import { afterEach, describe, expect, it } from 'vitest';
import { writeDispatchRun } from '#shared/aws/dispatch-status.ts';
import { pauseByOperator, pauseLane, resumeByOperator } from '#shared/jobs/lanes/pauses.ts';
import { setAsideJob } from '#shared/jobs/set-aside.ts';
import { createLane, enqueue, onlyLane } from '#test/fixtures/queue.ts';
import { startApi, type TestApi } from '../fixture.ts';

let api: TestApi;
afterEach(() => api.close());

const summary = async () => (await api.call({ path: '/health' })).json;
const details = async () => (await api.call({ path: '/health/details' })).json;
// Answers are remembered for five seconds.
const later = (ms = 5_000) => api.clock.advance(ms);

describe('the gateway is degraded', () => {
  const now = () => new Date(api.clock.now()).toISOString();

  it('while the last dispatch failed, and when dispatch is silent', async () => {
    api = await startApi();
    await writeDispatchRun(api.table, { lastRunAt: now(), error: { code: 'TimeoutError', message: 'no answer' } });
    expect(await details()).toMatchObject({ status: 'degraded', problems: ['dispatch_failed'] });
    expect(JSON.stringify(await summary())).not.toContain('TimeoutError');
    await writeDispatchRun(api.table, { lastRunAt: now() });
    later();
    expect(await details()).toMatchObject({ status: 'ok', problems: [] });
    later(6 * 60_000);
    expect(await details()).toMatchObject({ problems: ['dispatch_silent'] });
  });

  it('for a day after one job was set aside, whatever runs come after it', async () => {
    api = await startApi();
    await setAsideJob(api.table, await enqueue(createLane(api.table)));
    await writeDispatchRun(api.table, { lastRunAt: now() });
    expect(await details()).toMatchObject({ problems: ['job_set_aside'], dispatch: { lastSetAsideAt: now() } });
    later(86_400_001);
    await writeDispatchRun(api.table, { lastRunAt: now() });
    expect((await details())['problems']).toEqual([]);
  });

  it('when permits are free and jobs wait for five minutes, and not while a pause explains it', async () => {
    api = await startApi();
    const lane = createLane(api.table);
    await enqueue(lane);
    expect((await details())['problems']).toEqual([]);
    later(5 * 60_000 + 1);
    expect(await details()).toMatchObject({ problems: ['queue_stands_still'], lanes: [{ standsStill: true }] });
    await pauseByOperator(api.table, { by: 'ops' });
    later();
    expect((await details())['problems']).toEqual(['queue_paused']);
    await resumeByOperator(api.table, onlyLane(lane));
    await pauseLane(lane, { until: api.clock.now() + 1_000, reason: 'rate_limited', level: 0 });
    later();
    expect((await details())['problems']).toEqual([]);
  });
});
