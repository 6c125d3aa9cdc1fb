import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outputsFolder } from '#shared/deployment/bucket.ts';
import { readJob } from '#test/fixtures/job-table.ts';
import { type Crash, followWithCrash } from './crashes.ts';
import { four, outputAt, prepareOn, seedsOf } from './four-outputs.ts';
import { type Servers, startServers, statusPath } from './rig.ts';

let servers: Servers;
beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers.close());

it('one output of four that is gone from its host costs itself only, once a fresh URL was refused as well', async () => {
  const { rig, accepted } = await prepareOn(servers, four, (r) => [0, 1, 2, 3].map((index) => outputAt(r, index)));
  rig.storage.script('GET', '/2', { status: 404 });
  const { job } = await rig.follow(accepted);
  expect(job).toMatchObject({ state: 'partially_succeeded', errors: [{ index: 2, code: 'output_not_stored' }] });
  expect(job.errors?.[0]?.message).toContain('404');
  expect(seedsOf(job)).toEqual([100, 101, 103]);
});

describe('a crash between the outputs of a job', () => {
  /** Follows a job that dies at its n-th effect, before or after it, and reads what became of it. */
  const prepareAndFollow = async (crash: Crash | undefined, numVariations = 4) => {
    const { rig, accepted } = await prepareOn(servers, { ...four, numVariations }, (r) =>
      Array.from({ length: numVariations }, (_, index) => (index === 1 ? null : outputAt(r, index % 4))),
    );
    const { effects, invocations } = await followWithCrash(rig, accepted, crash);
    return { rig, job: await readJob(rig.context.table, accepted), effects, invocations };
  };

  it.each([
    ['where the poll stores them', 4],
    ['where each has a step of its own', 5],
  ])('loses nothing and stores nothing twice, %s', async (_, outputs) => {
    const whole = await prepareAndFollow(undefined, outputs);
    expect(whole.effects).toBeGreaterThanOrEqual(7);
    for (let at = 0; at < whole.effects; at += 1) {
      for (const after of [false, true]) {
        const { rig, job, invocations } = await prepareAndFollow({ at, after }, outputs);
        expect(invocations).toBe(2);
        expect(job, `effect ${at}`).toMatchObject({
          state: 'partially_succeeded',
          requested: outputs,
          received: outputs,
          errors: [{ index: 1, code: 'output_malformed' }],
        });
        expect(seedsOf(job)).toHaveLength(outputs - 1);
        expect(rig.events.length).toBeGreaterThan(0);
        const keys = [...(await rig.stored()).keys()].filter((key) => key.startsWith(outputsFolder(job)));
        expect(keys).toHaveLength(outputs);
        // What was in memory died with the process: Adobe is asked again, unless all outputs were stored.
        expect(rig.adobe.asked('GET', statusPath).length).toBeLessThanOrEqual(2);
      }
    }
  });
});
