import { expect, it } from 'vitest';
import { simulateQueue } from '#test/bench/queue-simulation.ts';
import { adobeLimits } from '#test/fixtures/queue.ts';

const { windows } = adobeLimits;

// Longer queues are in queue-simulation.exhaustive.test.ts.
it('loses no job and sends none twice when executions start too late again and again', async () => {
  const result = await simulateQueue({ jobs: 12, windows, latenessMs: 12_000, networkMs: 1_000, seed: 3 });
  expect(result).toMatchObject({ rateLimited: 0, lost: 0, doubled: 0 });
});

it('uses most of the rate though resumes are up to 5 s late and 30 % of the starts cold, and gives no turn up', async () => {
  const late = { latenessMs: 5_000, coldStarts: 0.3 };
  const result = await simulateQueue({ jobs: 16, windows, ...late, networkMs: 1_000, seed: 4 });
  expect(result).toMatchObject({ rateLimited: 0, lost: 0, doubled: 0, turnsGivenUp: 0 });
  expect(result.utilization).toBeGreaterThan(0.85);
});
