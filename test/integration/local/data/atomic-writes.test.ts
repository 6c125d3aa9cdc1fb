import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';

it.each(['atomic first', 'served first'])(
  'writes an item and its copies in indexes as one (%s)',
  async (workerData) => {
    // What is replaced in dynalite and LevelDB holds for a whole thread.
    const worker = new Worker(new URL('./atomic-writes.ts', import.meta.url), {
      workerData,
      execArgv: [],
      env: process.env,
    });
    const [batches] = await once(worker, 'message');
    await worker.terminate();
    expect(batches).toEqual([['index-global', 'item-jobs']]);
  },
);
