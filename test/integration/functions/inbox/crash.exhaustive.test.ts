import { afterAll, beforeAll, describe, it } from 'vitest';
import { createFaultyWorld, type Fate } from './faulty-world.ts';
import { lives } from './lives.ts';
import { type Servers, startServers } from './rig.ts';
import type { Life } from './short-lives.ts';

const otherFates = ['crash, resumed', 'lost answer', 'stall'] as const;

/** A crash is tried at every effect; one of the rest at each of the first life, or all everywhere with CRASHES=all. */
const fatesAt = (life: Life, index: number): Fate[] => {
  if (process.env['CRASHES'] === 'all') return ['crash after', ...otherFates];
  return life === lives['finished'] ? ['crash after', otherFates[index % 3] ?? 'stall'] : ['crash after'];
};

let servers: Servers;
beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers.close());

describe.each(Object.entries(lives))('a batch that is %s', (_, life) => {
  // Between two effects nothing outside changes: to die after one is to die before the next.
  const points = life.effects.flatMap((effect, index) => fatesAt(life, index).map((fate) => ({ effect, index, fate })));
  it.concurrent.each([{ effect: life.effects[0], index: 0, fate: 'crash before' as const }, ...points])(
    'is whole after a $fate at effect $index ($effect)',
    async ({ index, fate }) => {
      await life.live(createFaultyWorld(await servers.rig(), { index, fate }));
    },
  );
});
