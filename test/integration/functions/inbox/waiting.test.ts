import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cancelBatch } from '#functions/api/batches/cancel.ts';
import { requestBatchCancel } from '#shared/batches/batch-progress.ts';
import { claimRun, dueBatches } from '#shared/batches/open-batches.ts';
import type { CallerPolicy } from '#shared/caller-policy.ts';
import { receiptKey } from '#shared/deployment/bucket.ts';
import { inTier } from '#test/fixtures/tier.ts';
import { createFaultyWorld } from './faulty-world.ts';
import { type Rig, type Servers, startServers } from './rig.ts';
import { createRigUnder, file, openJobs, readTwice } from './waiting.ts';

let servers: Servers;
beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers.close());

const under = (policy: CallerPolicy) => createRigUnder(servers, policy);

const endOne = async (rig: Rig, batchId: string) => {
  const [job] = await openJobs(rig);
  await rig.end(batchId, Number(job?.['line']));
};

describe('lines beyond the places of their caller', () => {
  it('wait until there are some, one after the other, and none is lost or made twice', async () => {
    const rig = await under({ queuedJobs: 3 });
    const batchId = await rig.drop('requests.jsonl', `${file(4)}\nnonsense\n${file(3)}`);
    expect(await rig.dispatch()).toEqual([{ state: 'reading' }]);
    expect(await rig.batch(batchId)).toMatchObject({
      jobs: 3,
      rejected: 0,
      waiting: { rule: 'queuedJobs', since: new Date(rig.clock.now()).toISOString() },
    });
    // No execution is started while it waits.
    expect(await rig.dispatch()).toEqual([]);
    for (let round = 0; round < 20 && (await rig.batch(batchId)).state !== 'finished'; round += 1) {
      expect((await openJobs(rig)).length).toBeLessThanOrEqual(3);
      if ((await openJobs(rig)).length > 0) await endOne(rig, batchId);
      rig.clock.advance(60_000);
      await rig.dispatch();
    }
    expect(await rig.batch(batchId)).toMatchObject({ state: 'finished', jobs: 7, rejected: 1 });
    expect((await rig.batch(batchId)).waiting).toBeUndefined();
    expect((await rig.report(batchId)).map(({ state }) => state)).toEqual([
      ...Array(4).fill('succeeded'),
      'rejected',
      ...Array(3).fill('succeeded'),
    ]);
  });

  it('are cancelled with their batch', async () => {
    const rig = await under({ queuedJobs: 1 });
    const batchId = await rig.drop('requests.jsonl', file(3));
    await rig.dispatch();
    await requestBatchCancel(rig.context.table, await rig.batch(batchId));
    await rig.dispatch();
    await rig.dispatch();
    expect(await rig.batch(batchId)).toMatchObject({ state: 'finished', jobs: 1, skipped: 2 });
  });

  it('are cancelled without waiting when they are about to wait', async () => {
    const rig = await under({ queuedJobs: 1 });
    const world = createFaultyWorld(rig);
    const batchId = await rig.drop('requests.jsonl', file(3));
    let dispatches: number | undefined;
    world.onEffect(async (name) => {
      // The first line is a job: what follows is the note that the others wait.
      if (name !== 'Update batch' || dispatches !== undefined || (await openJobs(rig)).length === 0) return;
      dispatches = rig.dispatches;
      await requestBatchCancel(rig.context.table, await rig.batch(batchId));
    });
    await world.dispatch();
    // No time passes: dispatch is told, and the batch is due.
    expect(rig.dispatches).toBeGreaterThan(dispatches ?? Number.POSITIVE_INFINITY);
    await rig.dispatch();
    await rig.dispatch();
    expect(await rig.batch(batchId)).toMatchObject({ state: 'finished', jobs: 1, skipped: 2 });
  });

  it('are cancelled by the request that sees them begin to wait', async () => {
    const rig = await under({ queuedJobs: 1 });
    const batchId = await rig.drop('requests.jsonl', file(3));
    const { table } = rig.context;
    const [due] = (await dueBatches(table, 1).next()).value ?? [];
    const claimed = due && (await claimRun(table, due));
    const seen = await rig.batch(batchId);
    await rig.follow({ batchId, run: Number(claimed?.run) });
    // What was read before they waited does not decide when they are looked at.
    expect(await requestBatchCancel(table, seen)).toBeUndefined();
    expect(await cancelBatch(table, seen)).toMatchObject({ cancelRequestedAt: expect.any(String) });
    await rig.dispatch();
    await rig.dispatch();
    expect(await rig.batch(batchId)).toMatchObject({ state: 'finished', jobs: 1, skipped: 2 });
  });

  it('are not given to a second execution while the first one makes jobs of them', async () => {
    const rig = await under({ queuedJobs: 2 });
    const world = createFaultyWorld(rig);
    const batchId = await rig.drop('requests.jsonl', file(4));
    await rig.dispatch();
    for (let line = 1; line <= 2; line += 1) await rig.end(batchId, line);
    rig.clock.advance(60_000);
    let isAsked = false;
    world.onEffect(async (name) => {
      if (name !== 'Put job' || isAsked) return;
      isAsked = true;
      await requestBatchCancel(rig.context.table, await rig.batch(batchId));
      expect(await rig.dispatch()).toEqual([]);
    });
    await world.dispatch();
    expect(isAsked).toBe(true);
    for (let turn = 0; turn < 3; turn += 1) await rig.dispatch();
    // Both were made before the cancellation was noticed, and are cancelled as jobs.
    expect(await rig.batch(batchId)).toMatchObject({
      state: 'finished',
      jobs: 4,
      skipped: 0,
      counts: { cancelled: 2 },
    });
  });
});

// Every other moment is in waiting.exhaustive.test.ts.
it.each(inTier([12], [2, 12, 18]))(
  'counts the requests and places of lines once though the process dies after write %i',
  (index) => readTwice(servers, index),
);

describe('a file beyond the open batches of its team', () => {
  it('waits for as long as it takes, says so in its receipt, and begins by itself', async () => {
    const rig = await under({ openBatches: 1 });
    const first = await rig.drop('one.jsonl', file(1));
    const second = await rig.drop('two.jsonl', file(1));
    const { source } = await rig.batch(second);
    const readReceipt = async () => JSON.parse(await rig.object(receiptKey(source?.key ?? '')));
    const since = new Date(rig.clock.now()).toISOString();
    expect(await readReceipt()).toMatchObject({ batchId: second, waiting: { rule: 'openBatches', since } });
    await rig.dispatch();
    const hours = inTier(6, 1);
    for (let waited = 0; waited < 30; waited += hours) {
      rig.clock.advance(hours * 3_600_000);
      await rig.dispatch();
    }
    expect(await rig.batch(second)).toMatchObject({ state: 'reading', waiting: { rule: 'openBatches', since } });
    await rig.end(first, 1);
    await rig.dispatch();
    rig.clock.advance(10 * 60_000);
    await rig.dispatch();
    expect(await rig.batch(second)).toMatchObject({ state: 'running', jobs: 1 });
    expect((await rig.batch(second)).waiting).toBeUndefined();
    expect(await readReceipt()).not.toHaveProperty('waiting');
  });

  it('is given up by a cancellation at once', async () => {
    const rig = await under({ openBatches: 1 });
    await rig.drop('one.jsonl', file(1));
    const second = await rig.drop('two.jsonl', file(2));
    await rig.dispatch();
    await requestBatchCancel(rig.context.table, await rig.batch(second));
    await rig.dispatch();
    await rig.dispatch();
    expect(await rig.batch(second)).toMatchObject({ state: 'finished', jobs: 0, skipped: 2 });
  });
});
