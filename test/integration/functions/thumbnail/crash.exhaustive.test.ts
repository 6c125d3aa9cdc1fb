import { afterAll, beforeAll, it } from 'vitest';
import { effectsOfInspection, survive } from './crash.ts';
import { type Servers, startServers } from './rig.ts';

let servers: Servers;

beforeAll(async () => {
  servers = await startServers();
});

afterAll(() => servers?.close());

const points = effectsOfInspection.flatMap((effect, index) =>
  (['before', 'after'] as const).map((when) => ({ effect, index, when })),
);

it.each(points)('makes up for a crash $when $effect, effect $index of an inspection', async (point) => {
  await survive(await servers.rig(), point);
});
