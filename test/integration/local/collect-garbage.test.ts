import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';

it('collects in many threads at once, none of which fails where another takes the flag of the process back', async () => {
  const collect = async (): Promise<number> => {
    const worker = new Worker(new URL('./garbage-thread.ts', import.meta.url), { execArgv: [] });
    const [collected] = await once(worker, 'message');
    await worker.terminate();
    return collected;
  };
  const collected = await Promise.all(Array.from({ length: 6 }, collect));
  for (const times of collected) expect(times).toBeGreaterThan(0);
});
