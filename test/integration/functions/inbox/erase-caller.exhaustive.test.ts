import pMap from 'p-map';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeCallerData, untilErased } from './caller-data.ts';
import { createFaultyWorld, type Fault } from './faulty-world.ts';
import { type Servers, startServers } from './rig.ts';

let servers: Servers;
beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers.close());

const fates = ['crash after', 'crash, resumed', 'lost answer'] as const;

it('a caller is erased although a process dies at any effect', async () => {
  const whole = createFaultyWorld(await servers.rig());
  await untilErased(whole, await makeCallerData(whole.rig));
  const { effects } = whole;
  expect(effects.length).toBeGreaterThan(40);
  // Each of them with CRASHES=all; by default every third, each in another way.
  const step = process.env['CRASHES'] === 'all' ? 1 : 3;
  const faults = effects.flatMap((_, index): Fault[] =>
    index % step === 0 ? [{ index, fate: fates[(index / step) % fates.length] ?? 'crash after' }] : [],
  );
  const left = await pMap(
    faults,
    async (fault) => {
      const rig = await servers.rig();
      const own = await makeCallerData(rig);
      await untilErased(createFaultyWorld(rig, fault), own);
      return { ...fault, effect: effects[fault.index], left: await own.find() };
    },
    { concurrency: 6 },
  );
  expect(left.filter((each) => each.left.length > 0)).toEqual([]);
});
