import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { largeDestination, largeEdit, measureMemory } from '#test/bench/memory.ts';

it.each([
  ['hosts', largeEdit, 1],
  ['writes to the bucket', largeDestination, 0],
])(
  'edits a Photoshop file of 5 GB and stores an output of 1 GB, which Adobe %s, with less than 150 MB of memory above idle',
  async (_, job, downloads) => {
    const directory = await mkdtemp(join(tmpdir(), 'firefly-gateway-memory-'));
    try {
      const figures = await measureMemory(directory, job);
      process.stdout.write(`${JSON.stringify(figures)}\n`);
      expect(figures.aboveIdleMb).toBeLessThan(150);
      expect(figures.downloads).toBe(downloads);
    } finally {
      await rm(directory, { recursive: true });
    }
  },
  900_000,
);
