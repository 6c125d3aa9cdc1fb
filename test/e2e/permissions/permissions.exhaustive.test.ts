import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { functionNames } from '#shared/deployment/names.ts';
import { accessRuns } from './access-runs.ts';
import { batchRuns, versionRuns } from './batch-runs.ts';
import { jobRuns } from './job-runs.ts';
import { listAllowed, listNeeded, startWorld, type World } from './world.ts';

/** What people, teams and schedules do with a gateway, by name. */
const runs = { ...jobRuns, ...batchRuns, ...accessRuns, ...versionRuns };

let world: World;
beforeAll(async () => {
  world = await startWorld();
}, 180_000);
afterAll(() => world?.close());

describe('a run that needs permissions', () => {
  it.each(Object.entries(runs))('%s', { timeout: 150_000 }, async (_, run) => {
    await run(world);
  });
});

it('was refused nothing', () => {
  const refused = world.decisions.filter(({ isAllowed }) => !isAllowed);
  expect(refused.map(({ identity, action, resource }) => `${identity}: ${action} on ${resource}`)).toEqual([]);
});

describe('the permissions', () => {
  it.each(functionNames)('%s: each was needed by a run', (name) => {
    const needed = listNeeded(world.decisions);
    expect(
      listAllowed(world.gateway)
        .get(name)
        ?.filter((piece) => !needed.has(piece)),
    ).toEqual([]);
  });
});
