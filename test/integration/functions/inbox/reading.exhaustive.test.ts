import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readRequests } from '#functions/inbox/read/read-requests.ts';
import { requestBatchCancel } from '#shared/batches/batch-progress.ts';
import { claimRun, dueBatches } from '#shared/batches/open-batches.ts';
import { takeRounds } from '#shared/jobs/lanes/rounds.ts';
import { createJournal } from '#test/fixtures/journal.ts';
import { createLane } from '#test/fixtures/queue.ts';
import { CrashError } from '#test/fixtures/unreliable-dynamodb.ts';
import { createFaultyWorld, type FaultyWorld } from './faulty-world.ts';
import { jsonLine, type Rig, type Servers, startServers } from './rig.ts';

let servers: Servers;
beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers.close());

let rig: Rig;
let world: FaultyWorld;
beforeEach(async () => {
  rig = await servers.rig();
  world = createFaultyWorld(rig);
});

const leaseMs = 15 * 60_000;
const tried = 8;
const drop = (lines: number) =>
  rig.drop('requests.jsonl', Array.from({ length: lines }, (_, index) => jsonLine(`picture ${index}`)).join('\n'));

/** Lets the first so many effects of a name happen; each further one throws. */
const failAfter = (name: string, times: number): void => {
  let seen = 0;
  world.onEffect(async (effect) => {
    if (effect !== name) return;
    seen += 1;
    if (seen > times) throw new CrashError(`After ${times}.`);
  });
};

const heal = (): void => {
  world.onEffect(async () => {});
  rig.clock.advance(leaseMs);
};

const jobsPut = () => world.effects.filter((name) => name === 'Put job').length;

describe('reading that broke off', () => {
  it('goes on at the last lines in a new execution, and costs the caller no more rounds than these lines have', async () => {
    const batchId = await drop(300);
    failAfter('Put job', 270);
    await expect(world.dispatch()).rejects.toThrow(CrashError);
    expect(await rig.batch(batchId)).toMatchObject({ state: 'reading', jobs: 250, readTo: { line: 251 } });
    const ranks = await Promise.all([1, 250, 251].map(async (line) => (await rig.job(batchId, line)).rank));

    heal();
    world.effects.length = 0;
    await world.dispatch();
    expect(jobsPut()).toBe(30);
    expect(await rig.batch(batchId)).toMatchObject({ state: 'running', jobs: 300, readAttempts: 0 });
    expect(await Promise.all([1, 250, 251].map(async (line) => (await rig.job(batchId, line)).rank))).toEqual(ranks);
    expect(await takeRounds(createLane(rig.context.table), 'team-a', 'low', 1)).toBeLessThanOrEqual(300 + 50);
  });

  it('makes no more jobs once the batch is cancelled, and cancels those that there are', async () => {
    const batchId = await drop(40);
    failAfter('Put job', 10);
    await expect(world.dispatch()).rejects.toThrow(CrashError);
    await requestBatchCancel(rig.context.table, await rig.batch(batchId));
    heal();
    await world.dispatch();
    expect(await rig.batch(batchId)).toMatchObject({
      state: 'finished',
      jobs: 10,
      skipped: 30,
      counts: { cancelled: 10 },
    });
    const report = await rig.report(batchId);
    expect(report.map(({ line }) => line)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    expect(new Set(report.map(({ state }) => state))).toEqual(new Set(['cancelled']));
  });

  it('is handed over to a new execution before it has had too many steps', async () => {
    const batchId = await drop(260);
    const { table } = rig.context;
    const claim = async () => {
      for await (const [due] of dueBatches(table, 1)) return due && claimRun(table, due);
      return undefined;
    };
    const read = async () => {
      const claimed = await claim();
      expect(claimed?.batchId).toBe(batchId);
      return readRequests(createJournal(), rig.context, { batchId, run: claimed?.run ?? 0 }, 1);
    };
    expect([await read(), await read()].map(({ kind }) => kind)).toEqual(['continues', 'read']);
    expect(await rig.batch(batchId)).toMatchObject({ state: 'running', jobs: 260, run: 2 });
  });
});

describe('what can never be read', () => {
  const fail = async (times: number): Promise<void> => {
    for (let time = 0; time < times; time += 1) {
      await expect(world.dispatch()).rejects.toThrow(CrashError);
      rig.clock.advance(leaseMs);
    }
  };

  it('is refused as a file after some executions', async () => {
    const batchId = await drop(3);
    failAfter('PutObject', 0);
    await fail(tried);
    heal();
    await world.dispatch();
    expect(await rig.batch(batchId)).toMatchObject({ state: 'refused', error: { code: 'source_not_readable' } });
    expect(await rig.report(batchId)).toMatchObject([{ state: 'refused', error: { code: 'source_not_readable' } }]);
  });

  it('is rejected line by line where some lines are jobs already, and the batch ends', async () => {
    const batchId = await drop(5);
    failAfter('Put job', 2);
    // The first one had got as far as these lines.
    await fail(1 + tried);
    await world.dispatch();
    expect(await rig.batch(batchId)).toMatchObject({ state: 'running', jobs: 2, rejected: 3, readAttempts: 0 });
    for (const line of [1, 2]) await rig.end(batchId, line);
    await world.dispatch();
    expect((await rig.report(batchId)).map(({ state, error }) => error?.code ?? state)).toEqual([
      'succeeded',
      'succeeded',
      'line_not_read',
      'line_not_read',
      'line_not_read',
    ]);
  });

  it('is not held against a file of which every execution reads some more', async () => {
    const batchId = await drop(260);
    for (const line of [1, 251]) {
      failAfter('Put job', line === 1 ? 0 : 250);
      await expect(world.dispatch()).rejects.toThrow(CrashError);
      expect(await rig.batch(batchId)).toMatchObject({ readTo: { line }, readAttempts: 0 });
      rig.clock.advance(leaseMs);
    }
  });
});
