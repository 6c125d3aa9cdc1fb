import { expect, it } from 'vitest';
import { simulateQueue } from '#test/bench/queue-simulation.ts';

const short = { seconds: 3, hard: 16, soft: 15 };

it.each([
  { jobs: 40, windows: [{ seconds: 60, hard: 4 }], latenessMs: 3_000, seed: 1 },
  { jobs: 30, windows: [{ seconds: 60, hard: 10 }], latenessMs: 1_500, seed: 2 },
  { jobs: 200, windows: [{ seconds: 3, hard: 3, soft: 2 }], latenessMs: 3_000, seed: 3 },
  { jobs: 1_500, windows: [short], latenessMs: 3_000, seed: 4 },
  { jobs: 1_500, windows: [{ seconds: 60, hard: 320, soft: 300 }, short], latenessMs: 3_000, seed: 5 },
])(
  '$jobs jobs under $windows: nine tenths of the soft rate, none beyond the hard limit, no job lost or sent twice',
  async (simulation) => {
    const result = await simulateQueue({ ...simulation, networkMs: 1_000 });
    process.stdout.write(`${JSON.stringify({ windows: simulation.windows, ...result })}\n`);
    expect(result).toMatchObject({ rateLimited: 0, lost: 0, doubled: 0 });
    for (const [index, { hard }] of simulation.windows.entries()) {
      expect(result.mostInWindow[index]).toBeLessThanOrEqual(hard);
    }
    expect(result.utilization).toBeGreaterThanOrEqual(0.9);
  },
  600_000,
);
