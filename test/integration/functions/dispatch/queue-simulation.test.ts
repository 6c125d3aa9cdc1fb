import { expect, it } from 'vitest';
import { simulateQueue } from '#test/bench/queue-simulation.ts';

// Longer queues are in queue-simulation.exhaustive.test.ts.
it('loses no job and sends none twice when executions start too late again and again', async () => {
  const result = await simulateQueue({ jobs: 12, requestsPerMinute: 4, latenessMs: 12_000, seed: 3 });
  expect(result).toMatchObject({ lost: 0, doubled: 0 });
});
