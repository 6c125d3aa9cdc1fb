import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { assignTurns } from '#functions/dispatch/assign-turns.ts';
import { requestBatchCancel } from '#shared/batches/batch-progress.ts';
import { batchIdOfRetry, createBatch } from '#shared/batches/batch-store.ts';
import type { Job, JobState } from '#shared/jobs/job.ts';
import type { Lane } from '#shared/jobs/lanes/lane.ts';
import { passFence } from '#shared/jobs/lanes/turn.ts';
import type { StoredRequest } from '#shared/jobs/request-store.ts';
import type { JobEnd } from '#shared/jobs/transitions.ts';
import { transition } from '#shared/jobs/transitions.ts';
import { readJob } from '#test/fixtures/job-table.ts';
import { createLane, dispatchContext, enqueue, perMinute } from '#test/fixtures/queue.ts';
import { createFaultyWorld } from './faulty-world.ts';
import { jsonLine, type Rig, type Servers, startServers } from './rig.ts';

let servers: Servers;
beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers.close());

let rig: Rig;
let lane: Lane;
beforeEach(async () => {
  rig = await servers.rig();
  lane = createLane(rig.context.table, perMinute(1));
});

const read = async (...lines: string[]): Promise<string> => {
  const batchId = await rig.drop('requests.jsonl', lines.join('\n'));
  await rig.dispatch();
  return batchId;
};

const cancel = async (batchId: string) => requestBatchCancel(rig.context.table, await rig.batch(batchId));

const giveTurns = async (): Promise<string[]> => {
  const started: string[] = [];
  const startTurn = async ({ jobId }: { jobId: string }) => {
    started.push(jobId);
  };
  await assignTurns(dispatchContext(lane, { startTurn }), lane);
  return started;
};

describe('a cancelled batch', () => {
  const move = async (batchId: string, line: number, to: JobState): Promise<void> => {
    const order = new Date(rig.clock.now() + 3_600_000).toISOString();
    await transition(rig.context.table, await rig.job(batchId, line), { from: ['queued'], to, order });
  };

  it('frees the turns of its jobs for others, and lets Adobe cancel what it works on', async () => {
    const batchId = await read(...['a', 'b', 'c', 'd', 'e'].map((prompt) => jsonLine(prompt)));
    const { table } = rig.context;
    const scheduled = (await rig.job(batchId, 1)).jobId;
    expect(await giveTurns()).toEqual([scheduled]);
    const others = await enqueue(lane, { caller: 'team-b', priority: 'low' });
    expect(await giveTurns()).toEqual([]);
    await move(batchId, 2, 'submitting');
    await move(batchId, 3, 'running');
    await move(batchId, 4, 'storing');

    await cancel(batchId);
    expect(await rig.dispatch()).toEqual([{ state: 'running' }]);
    const states = await Promise.all([1, 2, 3, 4, 5].map(async (line) => (await rig.job(batchId, line)).state));
    expect(states).toEqual(['cancelled', 'submitting', 'running', 'storing', 'cancelled']);
    const asked = await Promise.all([2, 3, 4].map(async (line) => (await rig.job(batchId, line)).cancelRequestedAt));
    expect(asked.map((time) => time !== undefined)).toEqual([true, true, false]);
    expect(await rig.batch(batchId)).toMatchObject({ counts: { cancelled: 2 }, cancelledAt: expect.any(String) });
    // The permit of the first job serves the other team, and the first job's execution finds its turn gone.
    expect(await passFence(lane, { jobId: scheduled, turn: 1 })).toEqual({ kind: 'stale' });
    expect(await giveTurns()).toEqual([others.jobId]);
    expect(await readJob(table, others)).toMatchObject({ state: 'scheduled', submitAt: rig.clock.now() + 1 });

    await rig.end(batchId, 2, { to: 'cancelled' });
    await rig.end(batchId, 3, { to: 'cancelled' });
    await rig.end(batchId, 4);
    expect(await rig.dispatch()).toEqual([{ state: 'finished' }]);
    expect((await rig.report(batchId)).map(({ state }) => state)).toEqual([
      'cancelled',
      'cancelled',
      'cancelled',
      'succeeded',
      'cancelled',
    ]);
  });

  it('is heard when its execution is about to leave it to its jobs', async () => {
    const world = createFaultyWorld(rig);
    const batchId = await rig.drop('requests.jsonl', jsonLine('a cat'));
    let isAsked = false;
    world.onEffect(async (name) => {
      const isRead = name === 'Update batch' && (await rig.batch(batchId)).state === 'running';
      if (!isRead || isAsked) return;
      isAsked = true;
      await cancel(batchId);
    });
    await world.dispatch();
    expect(isAsked).toBe(true);
    await world.dispatch();
    expect(await rig.batch(batchId)).toMatchObject({ state: 'finished', counts: { cancelled: 1 } });
  });
});

describe('a retry', () => {
  const failed: JobEnd = { to: 'failed', error: { code: 'internal_error', message: 'Adobe failed.' } };

  const retry = async (retryOf: string): Promise<{ batchId: string; created: boolean }> => {
    const { caller, priority, retentionSeconds } = await rig.batch(retryOf);
    const batchId = batchIdOfRetry(retryOf);
    const batch = { batchId, caller, priority, retryOf, retentionSeconds };
    return { batchId, created: (await createBatch(rig.context.table, batch, rig.clock.now())).created };
  };

  const wanted = ({ operation, modelVersion, request, priority, lineId, caller }: Job & StoredRequest) => ({
    operation,
    modelVersion,
    request,
    priority,
    lineId,
    caller,
  });

  it('asks for what failed or timed out once more, line by line, and can be tried again itself', async () => {
    const batchId = await read(
      jsonLine('a', { id: 'first' }),
      jsonLine('b', { id: 'second', priority: 'high', modelVersion: 'image3' }),
      'no JSON',
      jsonLine('d'),
      jsonLine('e'),
    );
    await rig.end(batchId, 1);
    await rig.end(batchId, 2, failed);
    await rig.end(batchId, 4, { to: 'timed_out' });
    await rig.end(batchId, 5, { to: 'cancelled' });
    expect(await rig.dispatch()).toEqual([{ state: 'finished' }]);

    const first = await retry(batchId);
    expect(await retry(batchId)).toEqual({ ...first, created: false });
    expect(await rig.dispatch()).toEqual([{ state: 'running' }]);
    expect(await rig.batch(first.batchId)).toMatchObject({ lines: 2, jobs: 2, retryOf: batchId });
    expect(wanted(await rig.job(first.batchId, 1))).toEqual(wanted(await rig.job(batchId, 2)));
    // A line without a name of its own is named after its place in the file.
    expect(wanted(await rig.job(first.batchId, 2))).toEqual({ ...wanted(await rig.job(batchId, 4)), lineId: '4' });

    await rig.end(first.batchId, 1);
    await rig.end(first.batchId, 2, failed);
    expect(await rig.dispatch()).toEqual([{ state: 'finished' }]);
    expect((await rig.report(first.batchId)).map(({ id, state }) => [id, state])).toEqual([
      ['second', 'succeeded'],
      ['4', 'failed'],
    ]);
    const second = await retry(first.batchId);
    expect(second.batchId).not.toBe(first.batchId);
    expect(await rig.dispatch()).toEqual([{ state: 'running' }]);
    expect(wanted(await rig.job(second.batchId, 1))).toEqual(wanted(await rig.job(first.batchId, 2)));
  });
});
