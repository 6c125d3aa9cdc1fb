import { afterAll, beforeAll, expect, it } from 'vitest';
import { countersOf } from '#test/integration/shared/usage/costs.ts';
import { createFaultyWorld } from './faulty-world.ts';
import { end, register, succeeded, untilOver, untilRead } from './live-batch.ts';
import { jsonLine, type Servers, startServers } from './rig.ts';

let servers: Servers;
beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers.close());

it('refuses the lines that a budget has no room for, one by one, and goes on', async () => {
  const rig = await servers.rig({ readPolicy: async () => ({ operationsPerDay: 3 }) });
  const world = createFaultyWorld(rig);
  const four = jsonLine('a', { body: { prompt: 'a', numVariations: 4 } });
  const batchId = await register(world, [jsonLine('a'), four, jsonLine('b'), jsonLine('c'), jsonLine('d')]);
  await untilRead(world, batchId);
  expect(await rig.batch(batchId)).toMatchObject({ jobs: 3, rejected: 2 });
  expect(await countersOf(rig.context.table)).toMatchObject({ month: 3_000, open: 3 });
  for (const line of [1, 3, 4]) await end(world, batchId, line, succeeded(line));
  await untilOver(world, batchId);
  const rows = await rig.report(batchId);
  expect(rows.map(({ state }) => state)).toEqual(['succeeded', 'rejected', 'succeeded', 'succeeded', 'rejected']);
  expect(rows[4]?.error).toMatchObject({ code: 'policy_refused', message: expect.stringContaining('begins at') });
  expect(rows[1]?.error).toMatchObject({ message: expect.stringContaining('fewer outputs') });
});
