import { v4 as uuid } from 'uuid';
import { expect, it } from 'vitest';
import type { StartRun } from '#functions/dispatch/context.ts';
import { scheduleBatches } from '#functions/dispatch/schedule-batches.ts';
import { getItem, type Table, updateItem } from '#shared/aws/table.ts';
import { advanceBatch, requestBatchCancel } from '#shared/batches/batch-progress.ts';
import { batchKey, createBatch, getBatch } from '#shared/batches/batch-store.ts';
import type { ManualClock } from '#test/fixtures/manual-clock.ts';
import { observe } from '#test/fixtures/observed.ts';
import { useJobTable } from '#test/fixtures/use-job-table.ts';

let clock: ManualClock;
let table: Table;
useJobTable((fresh) => {
  ({ table, clock } = fresh);
});

const minuteMs = 60_000;

const newBatch = async () => {
  const batch = { batchId: uuid(), caller: 'team', priority: 'low', retentionSeconds: 60 } as const;
  return (await createBatch(table, batch, clock.now())).batch;
};

const running = async () => {
  const { batchId } = await newBatch();
  const step = { from: ['reading'], to: 'running', changes: { jobs: 2 }, checkAtMs: clock.now() } as const;
  const batch = await advanceBatch(table, { batchId, run: 0 }, step);
  if (batch === undefined) throw new Error('The batch has not moved.');
  return batch;
};

const follow = async (startRun?: StartRun): Promise<string[]> => {
  const started: string[] = [];
  const start: StartRun = async (_, name) => {
    started.push(name);
  };
  await scheduleBatches({ table, ...observe(), startRun: startRun ?? start });
  return started;
};

it('starts one execution for each of many new batches, in one run', async () => {
  const batches = await Promise.all(Array.from({ length: 60 }, newBatch));
  const started = await follow();
  expect(started.toSorted()).toEqual(batches.map(({ batchId }) => `${batchId}-1`).toSorted());
  expect(await follow()).toEqual([]);
});

it('ends a batch whose record cannot be read, reports its key, and starts the others', async () => {
  const [spoilt, whole] = [await newBatch(), await newBatch()];
  await updateItem(table, batchKey(spoilt.batchId), { set: { counts: 'none' } });
  const unreadable: string[] = [];
  table.onUnreadable = ({ key }) => void unreadable.push(key.pk);
  expect(await follow()).toEqual([`${whole.batchId}-1`]);
  expect(unreadable).toEqual([`batch#${spoilt.batchId}`]);
  const item = await getItem(table, batchKey(spoilt.batchId));
  expect(item).toMatchObject({ state: 'refused', error: { code: 'batch_unprocessable' } });
  expect(await follow()).toEqual([]);
  expect(unreadable).toHaveLength(1);
});

it('starts one execution for a batch however many dispatchers look', async () => {
  const { batchId } = await newBatch();
  const started = await Promise.all(Array.from({ length: 6 }, () => follow()));
  // Lambda starts one of a name once.
  expect([...new Set(started.flat())]).toEqual([`${batchId}-1`]);
  expect(await getBatch(table, batchId)).toMatchObject({ run: 1 });
});

it('lets batches be that wait for their jobs, so that those behind them have their look', async () => {
  const waiting = await Promise.all(Array.from({ length: 40 }, running));
  clock.advance(1);
  const { batchId } = await newBatch();
  expect(await follow()).toEqual([`${batchId}-1`]);
  expect(await follow()).toEqual([]);
  clock.advance(15 * minuteMs);
  expect(await follow()).toHaveLength(waiting.length + 1);
});

it('starts an execution again that could not be started, when its time is over, and holds that against nobody', async () => {
  const { batchId } = await newBatch();
  await follow(() => Promise.reject(new Error('no capacity')));
  clock.advance(15 * minuteMs - 1);
  expect(await follow()).toEqual([]);
  clock.advance(1);
  expect(await follow()).toEqual([`${batchId}-2`]);
  expect(await getBatch(table, batchId)).toMatchObject({ run: 2, readAttempts: 0 });
});

it('looks at a batch at once whose caller cancels it', async () => {
  const batch = await running();
  expect(await follow()).toEqual([]);
  await requestBatchCancel(table, batch);
  expect(await follow()).toEqual([`${batch.batchId}-1`]);
});
