import { expect } from 'vitest';
import { batchIdOfRetry, createBatch } from '#shared/batches/batch-store.ts';
import { transition } from '#shared/jobs/transitions.ts';
import { noon } from '#test/fixtures/manual-clock.ts';
import { counted, settled } from './cost-effects.ts';
import { createFaultyWorld } from './faulty-world.ts';
import {
  cancel,
  end,
  expectToRemain,
  failed,
  register,
  repeated,
  succeeded,
  until,
  untilOver,
  untilRead,
} from './live-batch.ts';
import { jsonLine } from './rig.ts';
import { erased, type Life, refused } from './short-lives.ts';

const dayMs = 86_400_000;

const finished: Life = {
  effects: [
    'Put batch',
    'PutObject', // the receipt
    'Invoke', // dispatch is woken
    'Update batch', // dispatch claims it
    'Invoke', // its execution
    'Update batch', // the lease is renewed
    'PutObject', // the prepared lines
    'Update batch', // their number
    'Update batch', // the first lines begin
    'BatchWrite', // lines that are no jobs
    'Update caller', // rounds, which a new caller has not had before
    'Update caller',
    'Put job',
    'Put job',
    'Invoke', // dispatch is woken
    'Update batch', // all read: reading -> running
    'DeleteObjects', // the prepared lines
    'Update batch', // left to its jobs
    'Update job', // queued -> succeeded
    'Update job', // marked as counted
    'Update batch', // counted
    ...counted,
    'PutEvents',
    'Update job', // the mark of the unpublished is cleared
    'Update job', // queued -> failed
    'Update job',
    'Update batch',
    'Update batch', // running -> reporting: it was the last one
    ...settled,
    'PutEvents',
    'Update job',
    'Update batch', // dispatch claims it
    'Invoke', // its execution
    'Update batch', // the lease is renewed
    'PutObject', // report.jsonl
    'PutObject', // report.csv
    'Update batch', // the lease is renewed
    'Update job',
    'Update job',
    'BatchWrite',
    'Update batch', // reporting -> finished
    'PutEvents',
    'Update batch', // the mark of the unpublished is cleared
  ],
  live: async (world) => {
    const batchId = await register(world, [jsonLine('a cat', { id: 'first' }), 'no JSON', '', jsonLine('a dog')]);
    await untilRead(world, batchId);
    await end(world, batchId, 1, succeeded(1));
    await end(world, batchId, 3, failed);
    await untilOver(world, batchId);
    await expectToRemain(world, batchId, { state: 'finished', rows: ['1 succeeded', '2 rejected', '3 failed'] });
  },
};

const cancelledWhileRead: Life = {
  effects: [
    'Update batch', // dispatch claims it
    'Invoke', // its execution
    'Update batch', // the lease is renewed
    'PutObject', // the prepared lines
    'Update batch', // the wish to cancel
    'Update batch', // the number of lines
    'Update batch', // the first lines begin
    'BatchWrite', // none of them is a job
    'Invoke', // dispatch is woken
    'Update batch', // all read: reading -> running
    'DeleteObjects', // the prepared lines
    'Update batch', // the lease is renewed
    'Update batch', // every job has been cancelled
    'Invoke', // dispatch is woken
    'Update batch', // running -> reporting
    'Update batch', // the lease is renewed
    'PutObject', // report.jsonl
    'PutObject', // report.csv
    'Update batch', // the lease is renewed
    'BatchWrite', // the retention starts
    'Update batch', // reporting -> finished
    'PutEvents',
    'Update batch', // the mark of the unpublished is cleared
  ],
  live: async (world) => {
    const file = [jsonLine('a cat'), 'no JSON', '', jsonLine('a dog')];
    const batchId = await register(createFaultyWorld(world.rig), file);
    let isCancelled = false;
    world.onEffect(async (name) => {
      if (name !== 'PutObject' || isCancelled) return;
      isCancelled = true;
      await cancel(world, batchId);
    });
    await untilOver(world, batchId);
    await expectToRemain(world, batchId, { state: 'finished', rows: ['1 cancelled', '2 rejected', '3 cancelled'] });
  },
};

const cancelledWhileRunning: Life = {
  effects: [
    'Update batch', // the wish to cancel
    'Update batch', // dispatch claims it
    'Invoke', // its execution
    'Update job', // queued -> cancelled
    'Update job', // the wish for the one that Adobe works on
    'Update job', // marked as counted
    'Update batch', // counted
    ...settled,
    'PutEvents',
    'Update job', // the mark of the unpublished is cleared
    'Update batch', // the lease is renewed
    'Update batch', // every job has been told
    'Invoke', // dispatch is woken
    'Update batch', // left to its jobs
    'Update job', // running -> cancelled
    'Update job',
    'Update batch',
    'Update batch', // running -> reporting: it was the last one
    ...settled,
    'PutEvents',
    'Update job',
    'Update batch', // dispatch claims it
    'Invoke', // its execution
    'Update batch', // the lease is renewed
    'PutObject', // report.jsonl
    'PutObject', // report.csv
    'Update batch', // the lease is renewed
    'Update job',
    'Update job',
    'Update job',
    'Update batch', // reporting -> finished
    'PutEvents',
    'Update batch', // the mark of the unpublished is cleared
  ],
  live: async (world) => {
    const { table } = world.rig.context;
    const before = createFaultyWorld(world.rig);
    const batchId = await register(before, [jsonLine('a cat'), jsonLine('a dog'), jsonLine('a fox')]);
    await untilRead(before, batchId);
    await end(before, batchId, 1, succeeded(1));
    const job = await world.rig.job(batchId, 2);
    await transition(table, job, { from: ['queued'], to: 'running', order: new Date(noon + dayMs).toISOString() });
    await cancel(world, batchId);
    await until(world, batchId, ({ cancelledAt }) => cancelledAt !== undefined);
    expect((await world.rig.job(batchId, 2)).cancelRequestedAt).toBeDefined();
    await end(world, batchId, 2, { to: 'cancelled' });
    await untilOver(world, batchId);
    await expectToRemain(world, batchId, { state: 'finished', rows: ['1 succeeded', '2 cancelled', '3 cancelled'] });
  },
};

const retried: Life = {
  effects: [
    'Put batch',
    'Update batch', // dispatch claims it
    'Invoke', // its execution
    'Update batch', // the lease is renewed
    'PutObject', // the requests of the failed jobs
    'Update batch', // their number
    'Update batch', // the first lines begin
    'Update caller', // rounds
    'Put job',
    'Invoke', // dispatch is woken
    'Update batch', // all read: reading -> running
    'DeleteObjects', // the prepared lines
    'Update batch', // left to its jobs
    'Update job', // queued -> succeeded
    'Update job', // marked as counted
    'Update batch', // counted
    'Update batch', // running -> reporting: it was the last one
    ...counted,
    'PutEvents',
    'Update job', // the mark of the unpublished is cleared
    'Update batch', // dispatch claims it
    'Invoke', // its execution
    'Update batch', // the lease is renewed
    'PutObject', // report.jsonl
    'PutObject', // report.csv
    'Update batch', // the lease is renewed
    'Update job',
    'Update batch', // reporting -> finished
    'PutEvents',
    'Update batch', // the mark of the unpublished is cleared
  ],
  live: async (world) => {
    const before = createFaultyWorld(world.rig);
    const retryOf = await register(before, [jsonLine('a cat'), jsonLine('a dog')]);
    await untilRead(before, retryOf);
    await end(before, retryOf, 1, succeeded(1));
    await end(before, retryOf, 2, failed);
    await untilOver(before, retryOf);
    const batchId = batchIdOfRetry(retryOf);
    await repeated(world, ({ table, retentionSeconds }) => {
      const retry = { batchId, caller: 'team-a', priority: 'low', retryOf, retentionSeconds } as const;
      return createBatch(table, retry, table.clock.now());
    });
    await untilRead(world, batchId);
    await end(world, batchId, 1, succeeded(1));
    await untilOver(world, batchId);
    await expectToRemain(world, batchId, { state: 'finished', rows: ['1 succeeded'] });
  },
};

/** What can become of a batch. */
export const lives: Record<string, Life> = {
  finished,
  'cancelled while it is read': cancelledWhileRead,
  'cancelled while it runs': cancelledWhileRunning,
  refused,
  'a retry': retried,
  erased,
};
