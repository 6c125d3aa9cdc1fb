import { afterAll, beforeAll, expect, it } from 'vitest';
import { createFaultyWorld } from './faulty-world.ts';
import { lives } from './lives.ts';
import { type Servers, startServers } from './rig.ts';

let servers: Servers;
beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers.close());

it.each(Object.entries(lives))(
  'a batch that is %s has these effects, so that a new one without a crash test is noticed',
  async (_, life) => {
    const world = createFaultyWorld(await servers.rig());
    await life.live(world);
    expect(world.effects).toEqual(life.effects);
  },
);

// Every other moment is in crash.exhaustive.test.ts.
it.each([
  ['the prepared lines are stored', 'PutObject', 1, 'crash after'],
  ['the first job is made', 'Put job', 0, 'crash after'],
  ['the report is stored', 'PutObject', 2, 'stall'],
] as const)('a batch is whole although its process fails when %s', async (_what, effect, nth, fate) => {
  const life = lives['finished'];
  const index = [...(life?.effects.entries() ?? [])].filter(([, name]) => name === effect)[nth]?.[0] ?? -1;
  const world = createFaultyWorld(await servers.rig(), { index, fate });
  await life?.live(world);
  expect(index).toBeGreaterThan(0);
});
