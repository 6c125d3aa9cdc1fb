import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { undeliveredArn } from '#local/stack-arns.ts';
import { stackNames } from '#local/stack-settings.ts';
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
});
afterAll(() => world?.close());

describe('a run that needs permissions', () => {
  it.each(Object.entries(runs))('%s', { timeout: 400_000 }, async (_, run) => {
    await run(world);
  });
});

describe('the permissions', () => {
  /** Waits for what runs have set off: some of it goes on after them, and some is done by the dispatch of each minute. */
  const expectNeeded = async (pieces: readonly string[]) => {
    const listUnneeded = async () => {
      const needed = listNeeded(world.decisions);
      const unneeded = pieces.filter((piece) => !needed.has(piece));
      if (unneeded.length > 0) {
        await world.gateway.stack.lambda.invoke(stackNames.functions.dispatch, { scheduled: true });
      }
      return unneeded;
    };
    await expect.poll(listUnneeded, { interval: 500 }).toEqual([]);
  };

  it.each(functionNames)('%s: each was needed by a run', async (name) => {
    await expectNeeded(listAllowed(world.gateway).get(name) ?? []);
  });

  // An event of S3 is never too large for Lambda; the queues of all rules have the same policy.
  const alike = [undeliveredArn('inbox'), undeliveredArn('thumbnail')];
  it.each([...listServiceAllowed()].filter(([name]) => !alike.includes(name)))(
    'of services: each of %s was needed by a run',
    (_, pieces) => expectNeeded(pieces),
  );
});

// At last, when all that the runs have set off has asked for what it needs.
it('a run was refused nothing', () => {
  const refused = world.decisions.filter(({ isAllowed }) => !isAllowed);
  expect(refused.map(({ identity, action, resource }) => `${identity}: ${action} on ${resource}`)).toEqual([]);
});
