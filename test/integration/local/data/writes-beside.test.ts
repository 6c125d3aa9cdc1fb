import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';

it('says of no write that it was stored which was under way as another one failed', async () => {
  // Its own module of LevelDB is changed in it.
  const worker = new Worker(new URL('./writes-beside.ts', import.meta.url), { execArgv: [], env: process.env });
  const [outcomes] = await once(worker, 'message');
  await worker.terminate();
  const failed = ['a write beside it has failed', expect.stringContaining('No space')];
  expect(outcomes).toEqual(['written', ...failed, true, 'written']);
});
