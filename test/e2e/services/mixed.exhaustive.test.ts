import { describe, expect, it } from 'vitest';
import { lanes } from '#shared/adobe/services/registry.ts';
import { runWithFaults } from '#test/bench/fault-run.ts';
import { createMixedLoad } from '#test/bench/load.ts';
import { simulateLanes } from '#test/bench/queue-simulation.ts';

const windowsOf = (name: string) => {
  const lane = lanes.find((known) => known.name === name);
  if (lane === undefined) throw new Error(`There is no lane ${name}.`);
  return lane.windows;
};

// Enough jobs of each lane to keep it busy for several of its windows.
const share: Readonly<Record<string, number>> = {
  photoshop: 940,
  indesign: 500,
  substance: 240,
  'av-speech': 120,
  'remove-background': 100,
  firefly: 100,
};

// Three requests of each of six lanes in so many seconds are what two cores keep up with; beyond that, turns come too late.
const windowSeconds = Number(process.env['MIXED_SECONDS'] ?? 8);
const jobs = Number(process.env['MIXED_JOBS'] ?? 120);

describe('mixed jobs of all services', () => {
  it('2,000 of six lanes under faults: nine tenths of each soft rate, no window beyond its limit, none lost or doubled', async () => {
    const simulated = Object.fromEntries(
      Object.entries(share).map(([name, jobs]) => [name, { jobs, windows: windowsOf(name) }]),
    );
    const results = await simulateLanes(simulated, {
      latenessMs: 3_000,
      networkMs: 1_000,
      seed: 7,
      faults: { killed: 0.01, unavailable: 0.03, lostAnswers: 0.02 },
    });
    process.stdout.write(`${JSON.stringify(results)}\n`);
    for (const [name, result] of Object.entries(results)) {
      expect(result, name).toMatchObject({ rateLimited: 0, lost: 0, doubled: 0 });
      for (const [index, { hard }] of windowsOf(name).entries()) {
        expect(result.mostInWindow[index], name).toBeLessThanOrEqual(hard);
      }
      expect(result.sustained, name).toBeGreaterThanOrEqual(0.9);
    }
  }, 1_200_000);

  it('through the whole stack while Adobe fails and hangs up and functions are killed: none lost, none taken twice', async () => {
    const result = await runWithFaults({ jobs, seed: 11, load: createMixedLoad(windowSeconds) });
    process.stdout.write(`${JSON.stringify(result)}\n`);
    expect(result).toMatchObject({ lost: 0, doubled: 0, mostSubmitsPerAttempt: 1, overLimit: 0 });
    expect(Object.values(result.ends).reduce((sum, count) => sum + count, 0)).toBe(jobs);
    expect(result.ends['succeeded'] ?? 0).toBeGreaterThan(jobs / 2);
    expect(result.kills).toBeGreaterThan(0);
    for (const [name, { mostInWindow, hard }] of Object.entries(result.lanes)) {
      expect(mostInWindow, name).toBeLessThanOrEqual(hard);
    }
  }, 4_000_000);
});
