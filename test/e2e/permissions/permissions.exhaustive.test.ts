import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { undeliveredArn } from '#local/stack-arns.ts';
import { functionNames } from '#shared/deployment/names.ts';
import { accessRuns } from './access-runs.ts';
import { batchRuns, versionRuns } from './batch-runs.ts';
import { jobRuns } from './job-runs.ts';
import { serviceRuns } from './service-runs.ts';
import { listAllowed, listNeeded, listServiceAllowed, startWorld, type World } from './world.ts';

/** What people, teams and schedules do with a gateway, by name. */
const runs = { ...jobRuns, ...batchRuns, ...accessRuns, ...serviceRuns, ...versionRuns };

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

  // An event of S3 is never too large for Lambda; the queues of all rules have the same policy.
  const alike = [undeliveredArn('inbox'), undeliveredArn('thumbnail')];
  it.each([...listServiceAllowed()].filter(([name]) => !alike.includes(name)))(
    'of services: each of %s was needed by a run',
    (_, pieces) => {
      const needed = listNeeded(world.decisions);
      expect(pieces.filter((piece) => !needed.has(piece))).toEqual([]);
    },
  );
});
