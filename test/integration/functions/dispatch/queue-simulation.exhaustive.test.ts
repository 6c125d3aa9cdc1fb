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
);

// Half of the rate would be the least; what is measured is well above it.
it.each([
  { jobs: 100, windows: [{ seconds: 60, hard: 4 }], latenessMs: 20_000, atLeast: 0.85 },
  { jobs: 100, windows: [{ seconds: 60, hard: 4 }], latenessMs: 5_000, coldStarts: 0.3, atLeast: 0.94 },
  { jobs: 300, windows: [{ seconds: 60, hard: 60 }], latenessMs: 5_000, coldStarts: 0.3, atLeast: 0.85 },
  { jobs: 600, windows: [short], latenessMs: 5_000, coldStarts: 0.3, atLeast: 0.75 },
])(
  '$jobs jobs under $windows that start up to $latenessMs ms late: $atLeast of the rate at least, and none over the limit',
  async ({ atLeast, ...simulation }) => {
    const result = await simulateQueue({ ...simulation, networkMs: 1_000, seed: 6 });
    process.stdout.write(`${JSON.stringify({ windows: simulation.windows, ...result })}\n`);
    expect(result).toMatchObject({ rateLimited: 0, lost: 0, doubled: 0 });
    expect(result.mostInWindow[0]).toBeLessThanOrEqual(simulation.windows[0]?.hard ?? 0);
    expect(result.utilization).toBeGreaterThanOrEqual(atLeast);
  },
);
