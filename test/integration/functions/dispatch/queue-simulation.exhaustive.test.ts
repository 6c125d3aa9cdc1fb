import { expect, it } from 'vitest';
import { simulateQueue } from '#test/bench/queue-simulation.ts';

it.each([
  { jobs: 40, requestsPerMinute: 4, latenessMs: 3_000, seed: 1 },
  { jobs: 30, requestsPerMinute: 10, latenessMs: 1_500, seed: 2 },
])(
  '$jobs jobs at $requestsPerMinute requests a minute: no permit wasted, no job lost or sent twice',
  async (simulation) => {
    const result = await simulateQueue(simulation);
    expect(result).toMatchObject({ permitsUsed: simulation.jobs, rateLimited: 0, lost: 0, doubled: 0 });
    expect(result.mostInWindow).toBeLessThanOrEqual(simulation.requestsPerMinute);
    expect(result.permitsUsed / result.permitsPossible).toBeGreaterThanOrEqual(0.93);
  },
);
