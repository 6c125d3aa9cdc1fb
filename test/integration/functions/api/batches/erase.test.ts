import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BatchState } from '#shared/batches/batch.ts';
import { advanceBatch, endBatch } from '#shared/batches/batch-progress.ts';
import { batchIdOfRetry, createBatch, getBatch } from '#shared/batches/batch-store.ts';
import { publishEnded } from '#shared/outbox/publish-ended.ts';
import { startApi, type TestApi } from '../fixture.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const makeBatch = async (state: BatchState = 'finished', batchId: string = randomUUID()): Promise<string> => {
  const { table, bus, log, recordMetric } = api.context;
  const wanted = { batchId, caller: 'alice', priority: 'low', retentionSeconds: 86_400 } as const;
  await createBatch(table, wanted, table.clock.now());
  const run = { batchId, run: 0 };
  if (state !== 'reading') await advanceBatch(table, run, { from: ['reading'], to: 'running' });
  if (state === 'reporting' || state === 'finished') {
    await advanceBatch(table, run, { from: ['running'], to: 'reporting' });
  }
  if (state !== 'finished') return batchId;
  const ended = await endBatch(table, run, { from: ['reporting'], to: 'finished' }, 86_400);
  if (ended !== undefined) await publishEnded({ table, bus, log, recordMetric }, ended);
  return batchId;
};

const erase = (batchId: string, caller = 'alice') =>
  api.call({ method: 'DELETE', path: `/batches/${batchId}`, caller });

describe('DELETE /batches/{batchId}', () => {
  it('has a batch erased that is over, and can be repeated', async () => {
    const batchId = await makeBatch();
    const before = api.recorded.dispatches;
    const accepted = { statusCode: 202, json: { batchId, status: 'erasing' } };
    expect(await erase(batchId)).toMatchObject(accepted);
    expect(api.recorded.dispatches).toBe(before + 1);
    expect(await erase(batchId)).toMatchObject(accepted);
    expect(await api.call({ path: `/batches/${batchId}` })).toMatchObject({ json: { status: 'erasing' } });
    const item = await getBatch(api.table, batchId);
    expect(item).toMatchObject({ state: 'erasing' });
    expect(item).not.toHaveProperty('expiresAt');
  });

  it.each(['reading', 'running', 'reporting'] as const)('leaves a batch alone that is %s', async (state) => {
    const batchId = await makeBatch(state);
    expect(await erase(batchId)).toMatchObject({ statusCode: 409, json: { error_code: 'batch_not_finished' } });
    expect(await getBatch(api.table, batchId)).toMatchObject({ state });
  });

  it('knows no batch of another caller, and none that is not there', async () => {
    const batchId = await makeBatch();
    for (const [id, caller] of [
      [batchId, 'bob'],
      [randomUUID(), 'alice'],
      ['x', 'alice'],
    ] as const) {
      expect(await erase(id, caller)).toMatchObject({ statusCode: 404, json: { error_code: 'unknown_batch_id' } });
    }
    expect(await getBatch(api.table, batchId)).toMatchObject({ state: 'finished' });
  });

  it('lets nothing else be done to a batch that goes', async () => {
    const batchId = await makeBatch();
    await erase(batchId);
    for (const [method, path] of [
      ['GET', 'jobs'],
      ['GET', 'report.csv'],
      ['GET', 'report.jsonl'],
      ['PUT', 'cancel'],
      ['POST', 'retry'],
    ] as const) {
      const answer = await api.call({ method, path: `/batches/${batchId}/${path}` });
      expect([path, answer.statusCode, answer.json['error_code']]).toEqual([path, 409, 'batch_erasing']);
      expect(answer.headers['retry-after']).toBe('60');
    }
  });

  it('takes no new requests under the key of a batch that goes', async () => {
    const body = { requests: [{ body: { prompt: 'a cat' } }] };
    const submit = () => api.call({ method: 'POST', path: '/batches', headers: { 'idempotency-key': 'k' }, body });
    const batchId = String((await submit()).json['batchId']);
    await makeBatch('finished', batchId);
    await erase(batchId);
    expect(await submit()).toMatchObject({ statusCode: 409, json: { error_code: 'batch_erasing' } });
  });

  it('waits for a retry that reads which jobs have failed', async () => {
    const batchId = await makeBatch();
    await makeBatch('reading', batchIdOfRetry(batchId));
    expect(await erase(batchId)).toMatchObject({ statusCode: 409, json: { error_code: 'batch_not_read' } });
  });

  it('publishes an end that a crash left unpublished, and forgets nothing while it cannot', async () => {
    const batchId = await makeBatch('reporting');
    await endBatch(api.table, { batchId, run: 0 }, { from: ['reporting'], to: 'finished' }, 86_400);
    const { eventBridge } = api.context.bus;
    const { send } = eventBridge;
    eventBridge.send = async () => Promise.reject(new Error('EventBridge is out of reach.'));
    expect(await erase(batchId)).toMatchObject({ statusCode: 503, headers: { 'retry-after': '60' } });
    eventBridge.send = send;
    const events = api.recorded.events.length;
    expect(await erase(batchId)).toMatchObject({ statusCode: 202 });
    expect(api.recorded.events.slice(events)).toEqual([
      { Entries: [expect.objectContaining({ Detail: expect.stringContaining('"status":"finished"') })] },
    ]);
  });
});
