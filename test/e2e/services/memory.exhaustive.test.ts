import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { largeEdit, measureMemory } from '#test/bench/memory.ts';

it('edits a Photoshop file of 5 GB and stores an output of 1 GB with less than 150 MB of memory above idle', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'firefly-gateway-memory-'));
  try {
    const figures = await measureMemory(directory, largeEdit);
    process.stdout.write(`${JSON.stringify(figures)}\n`);
    expect(figures.aboveIdleMb).toBeLessThan(150);
  } finally {
    await rm(directory, { recursive: true });
  }
}, 900_000);
