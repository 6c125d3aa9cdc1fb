import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runJob } from '#functions/generate/run-job.ts';
import type { TurnEnd } from '#functions/generate/turn.ts';
import { createAllowList } from '#shared/adobe/http/hosts.ts';
import { outputsFolder } from '#shared/deployment/bucket.ts';
import type { Job, OutputError } from '#shared/jobs/job.ts';
import type { ScriptedAnswer } from '#test/fixtures/fake-adobe.ts';
import { readJob } from '#test/fixtures/job-table.ts';
import { runDurably } from '#test/fixtures/replayed-execution.ts';
import { CrashError } from '#test/fixtures/unreliable-dynamodb.ts';
import { type Rig, type Servers, startServers, statusPath } from './rig.ts';

let servers: Servers;
beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers.close());

const picture = (text: string): ScriptedAnswer => ({
  status: 200,
  headers: { 'content-type': 'image/jpeg' },
  body: Buffer.from(text),
});

/** Adobe's status of a job that has succeeded with these entries, some of them broken. */
const finished = (outputs: unknown, more: Record<string, unknown> = {}): ScriptedAnswer => ({
  status: 200,
  body: { status: 'succeeded', jobId: '8b2c', result: { contentClass: 'art', outputs }, ...more },
});

const outputAt = (rig: Rig, index: number) => ({ seed: 100 + index, image: { url: `${rig.storage.url}/${index}` } });

/** A job at Adobe that asked for so many outputs, with an answer and a storage that holds four pictures. */
const prepare = async (request: unknown, outputs: (rig: Rig) => unknown, settings = {}, more = {}) => {
  const rig = await servers.rig(settings);
  for (const index of [0, 1, 2, 3]) rig.storage.script('GET', `/${index}`, picture(`picture ${index}`));
  rig.adobe.script('GET', statusPath, finished(outputs(rig), more));
  return { rig, accepted: await rig.accepted({}, { request: JSON.stringify(request) }) };
};

const indexesOf = ({ errors = [] }: Job): (number | undefined)[] => errors.map(({ index }: OutputError) => index);
const seedsOf = ({ outputs = [] }: Job) => outputs.map(({ seed }) => seed);

const four = { prompt: 'a kite', numVariations: 4 };

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

  it('that is gone from its host costs itself only, once a fresh URL was refused as well', async () => {
    const { rig, accepted } = await prepare(four, (r) => [0, 1, 2, 3].map((index) => outputAt(r, index)));
    rig.storage.script('GET', '/2', { status: 404 });
    const { job } = await rig.follow(accepted);
    expect(job).toMatchObject({ state: 'partially_succeeded', errors: [{ index: 2, code: 'output_not_stored' }] });
    expect(job.errors?.[0]?.message).toContain('404');
    expect(seedsOf(job)).toEqual([100, 101, 103]);
  }, 60_000);

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

describe('a crash between the outputs of a job', () => {
  /** Follows a job that dies at its n-th effect, before or after it, and reads what became of it. */
  const followWithCrash = async (crash: { at: number; after: boolean } | undefined) => {
    const { rig, accepted } = await prepare(four, (r) => [outputAt(r, 0), null, outputAt(r, 2), outputAt(r, 3)]);
    let effects = 0;
    const dying =
      <Args, Answer>(isEffect: (name: string) => boolean) =>
      (next: (args: Args) => Promise<Answer>, context: object) =>
      async (args: Args): Promise<Answer> => {
        if (!isEffect((context as { commandName?: string }).commandName ?? '')) return next(args);
        const index = effects++;
        if (crash?.at === index && !crash.after) throw new CrashError('Before the effect.');
        const answer = await next(args);
        if (crash?.at === index) throw new CrashError('After the effect.');
        return answer;
      };
    const options = { step: 'initialize', name: 'dying' } as const;
    rig.dynamoDb.middlewareStack.add(dying((name) => name === 'UpdateItemCommand') as never, options);
    rig.context.s3.middlewareStack.add(dying((name) => name === 'PutObjectCommand') as never, options);
    try {
      const { invocations } = await runDurably<TurnEnd>((durable) => runJob(durable, accepted, rig.context));
      return { rig, job: await readJob(rig.context.table, accepted), effects, invocations };
    } finally {
      rig.context.s3.middlewareStack.remove('dying');
    }
  };

  it('loses nothing and stores nothing twice, wherever it happens', async () => {
    const whole = await followWithCrash(undefined);
    expect(whole.effects).toBeGreaterThanOrEqual(7);
    for (let at = 0; at < whole.effects; at += 1) {
      for (const after of [false, true]) {
        const { rig, job, invocations } = await followWithCrash({ at, after });
        expect(invocations).toBe(2);
        expect(job, `effect ${at}`).toMatchObject({
          state: 'partially_succeeded',
          requested: 4,
          received: 4,
          errors: [{ index: 1, code: 'output_malformed' }],
        });
        expect(seedsOf(job)).toEqual([100, 102, 103]);
        expect(rig.events.length).toBeGreaterThan(0);
        const keys = [...(await rig.stored()).keys()].filter((key) => key.startsWith(outputsFolder(job)));
        expect(keys).toHaveLength(4);
        // What was in memory died with the process: Adobe is asked again, unless all outputs were stored.
        expect(rig.adobe.asked('GET', statusPath).length).toBeLessThanOrEqual(2);
      }
    }
  }, 60_000);
});

describe('the steps of a durable execution', () => {
  it('hold no URL of an output, and nothing of an answer that is too long for them', async () => {
    const { rig, accepted } = await prepare(
      four,
      (r) => [0, 1, 2, 3].map((index) => ({ ...outputAt(r, index), note: 'n'.repeat(150_000), name: 'short' })),
      {},
      { message: 'm'.repeat(300_000) },
    );
    const results: unknown[] = [];
    await runDurably<TurnEnd>((durable) => {
      const { step } = durable;
      durable.step = (async (...args: [string, () => Promise<unknown>]) => {
        const result = await step(...args);
        results.push(result);
        return result;
      }) as typeof durable.step;
      return runJob(durable, accepted, rig.context);
    });
    expect(results.length).toBeGreaterThan(4);
    expect(JSON.stringify(results)).not.toContain(rig.storage.url);
    expect(JSON.stringify(results).length).toBeLessThan(10_000);
    expect(await readJob(rig.context.table, accepted)).toMatchObject({
      state: 'succeeded',
      outputs: Array.from({ length: 4 }, () => ({ fields: { name: 'short' } })),
    });
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
