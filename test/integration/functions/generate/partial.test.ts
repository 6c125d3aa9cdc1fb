import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runJob } from '#functions/generate/run-job.ts';
import type { TurnEnd } from '#functions/generate/turn.ts';
import { createAllowList } from '#shared/adobe/http/hosts.ts';
import { outputsFolder } from '#shared/deployment/bucket.ts';
import type { Job, OutputError } from '#shared/jobs/job.ts';
import { readJob } from '#test/fixtures/job-table.ts';
import { runDurably } from '#test/fixtures/replayed-execution.ts';
import { four, outputAt, picture, prepareOn, seedsOf } from './four-outputs.ts';
import { type Servers, startServers, statusPath } from './rig.ts';

let servers: Servers;
beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers.close());

const prepare = (...given: Parameters<typeof prepareOn> extends [unknown, ...infer Rest] ? Rest : never) =>
  prepareOn(servers, ...given);

const indexesOf = ({ errors = [] }: Job): (number | undefined)[] => errors.map(({ index }: OutputError) => index);
describe.concurrent('one bad output of four', () => {
  it.each<[string, unknown]>([
    ['has no URL', { seed: 101, image: {} }],
    ['has a URL that is none', { seed: 101, image: { url: 'storage/1' } }],
    ['is null', null],
    ['is a text', 'image'],
  ])('that %s costs itself only', async (_, broken) => {
    const { rig, accepted } = await prepare(four, (r) => [outputAt(r, 0), broken, outputAt(r, 2), outputAt(r, 3)]);
    const { end, job } = await rig.follow(accepted);
    expect(end).toEqual({ state: 'partially_succeeded' });
    expect(job).toMatchObject({
      state: 'partially_succeeded',
      requested: 4,
      received: 4,
      errors: [{ index: 1, code: 'output_malformed' }],
    });
    expect(job.error).toBeUndefined();
    expect(seedsOf(job)).toEqual([100, 102, 103]);
    expect(rig.metrics).toEqual(['JobsPartiallySucceeded']);
    expect(rig.events).toMatchObject([
      {
        status: 'partially_succeeded',
        requested: 4,
        received: 4,
        errors: [{ index: 1, code: 'output_malformed' }],
        outputs: [{ seed: 100 }, { seed: 102 }, { seed: 103 }],
        warnings: [expect.stringContaining('1 of the 4')],
      },
    ]);
    const stored = await rig.stored();
    const manifest = JSON.parse(stored.get(`${outputsFolder(job)}job.json`)?.bytes.toString() ?? '');
    expect(manifest).toMatchObject({
      state: 'partially_succeeded',
      requested: 4,
      received: 4,
      errors: [{ index: 1 }],
      outputs: [{ seed: 100 }, { seed: 102 }, { seed: 103 }],
      warnings: [expect.stringContaining('1 of the 4')],
    });
    // A file is named after its place in Adobe's answer, whatever became of the others.
    expect(stored.has(`${outputsFolder(job)}3.jpg`)).toBe(true);
  });

  it('that is too large costs itself only', async () => {
    const { rig, accepted } = await prepare(four, (r) => [0, 1, 2, 3].map((index) => outputAt(r, index)), {
      outputMaxBytes: 9,
    });
    rig.storage.script('GET', '/0', picture('larger than the rest'));
    const { job } = await rig.follow(accepted);
    expect(job).toMatchObject({ state: 'partially_succeeded', errors: [{ index: 0, code: 'output_not_stored' }] });
    expect(seedsOf(job)).toEqual([101, 102, 103]);
  });
});

describe.concurrent('fewer outputs than were asked for', () => {
  it.each<[string, unknown]>([
    ['by numVariations', { prompt: 'x', numVariations: 4 }],
    ['by seeds alone', { prompt: 'x', seeds: [100, 101, 102, 103] }],
  ])('%s are stored, and told', async (_, request) => {
    const { rig, accepted } = await prepare(request, (r) => [outputAt(r, 0), outputAt(r, 1), outputAt(r, 2)]);
    const { job } = await rig.follow(accepted);
    expect(job).toMatchObject({ state: 'partially_succeeded', requested: 4, received: 3 });
    expect(job.errors).toEqual([{ code: 'output_not_returned', message: expect.stringContaining('content filter') }]);
    expect(rig.events).toMatchObject([{ warnings: [expect.stringContaining('3 of the 4')] }]);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ["and Adobe's own code", { error_code: 'output_blocked', message: 'Blocked.' }, 'output_blocked'],
    ['and no code', {}, 'output_media_unsafe'],
  ])('that are none fail the job, with a code %s', async (_, more, code) => {
    const { rig, accepted } = await prepare(four, () => [], {}, more);
    const { job } = await rig.follow(accepted);
    expect(job).toMatchObject({ state: 'failed', error: { code }, requested: 4, received: 0 });
    expect(rig.metrics).toEqual(['JobsFailed']);
  });

  it('and more than were asked for are all kept', async () => {
    const { rig, accepted } = await prepare({ prompt: 'x' }, (r) => [outputAt(r, 0), outputAt(r, 1)]);
    expect((await rig.follow(accepted)).job).toMatchObject({ state: 'succeeded', requested: 1, received: 2 });
  });

  it('that can all not be stored fail the job, each with its reason', async () => {
    const { rig, accepted } = await prepare(four, (r) => [outputAt(r, 0), null, outputAt(r, 2), null], {
      allowsDownload: createAllowList(['.adobe.io']),
    });
    const { job } = await rig.follow(accepted);
    expect(job).toMatchObject({ state: 'failed', error: { code: 'output_not_stored' } });
    expect(indexesOf(job)).toEqual([0, 1, 2, 3]);
  });
});

const more = { ...four, numVariations: 6 };

describe('the steps of a durable execution', () => {
  it('hold no URL of an output, and nothing of an answer that is too long for them', async () => {
    for (const outputs of [four.numVariations, more.numVariations]) {
      const { rig, accepted } = await prepare(
        { ...four, numVariations: outputs },
        (r) =>
          Array.from({ length: outputs }, (_, index) => ({
            ...outputAt(r, index % 4),
            note: 'n'.repeat(150_000),
            name: 'short',
          })),
        {},
        { message: 'm'.repeat(300_000) },
      );
      const { recorded } = await runDurably<TurnEnd>((durable) => runJob(durable, accepted, rig.context));
      // A few outputs are stored by the poll, many by steps of their own.
      expect(recorded.split('\n')).toHaveLength(outputs > 4 ? outputs + 4 : 2);
      expect(recorded).not.toContain(rig.storage.url);
      expect(recorded.length).toBeLessThan(10_000);
      expect(await readJob(rig.context.table, accepted)).toMatchObject({
        state: 'succeeded',
        outputs: Array.from({ length: outputs }, () => ({ fields: { name: 'short' } })),
      });
    }
  });

  it.each([
    ['failed', { error_code: 'c'.repeat(300_000), message: 'm'.repeat(300_000) }],
    ['cancelled', { message: 'm'.repeat(300_000) }],
  ])('end as %s also with an endless reason', async (status, reason) => {
    const rig = await servers.rig();
    rig.adobe.script('GET', statusPath, { status: 200, body: { status, jobId: '8b2c', ...reason } });
    const { job } = await rig.follow(await rig.accepted());
    expect(job.state).toBe(status);
    expect(JSON.stringify(job.error).length).toBeLessThan(2_000);
  });
});
