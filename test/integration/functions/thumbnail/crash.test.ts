import { afterAll, beforeAll, expect, it } from 'vitest';
import { drawPicture } from '#test/fixtures/pictures.ts';
import { effectsOfInspection, survive } from './crash.ts';
import { type Servers, startServers } from './rig.ts';

let servers: Servers;

beforeAll(async () => {
  servers = await startServers();
});

afterAll(() => servers?.close());

it('inspects an output by the effects whose crashes are tried', async () => {
  const rig = await servers.rig();
  const job = await rig.store([await drawPicture('png')]);
  await rig.run(rig.created(job.outputs[0]?.key ?? ''));
  expect(rig.effects).toEqual(effectsOfInspection);
});

// Every other point is tried in the exhaustive tier.
it.each([
  { index: 3, when: 'after' as const },
  { index: 5, when: 'after' as const },
  { index: 7, when: 'before' as const },
])('makes up for a crash $when effect $index', async (point) => {
  await survive(await servers.rig(), point);
});
