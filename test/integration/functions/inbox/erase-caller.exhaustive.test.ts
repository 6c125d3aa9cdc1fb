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

const otherFates = ['crash, resumed', 'lost answer'] as const;

it('a caller is erased although a process dies at any effect', async () => {
  const whole = createFaultyWorld(await servers.rig());
  await untilErased(whole, await makeCallerData(whole.rig));
  const { effects } = whole;
  expect(effects.length).toBeGreaterThan(40);
  // A crash at every effect of the erasure and of the batches that it has erased, something else at every third.
  const faults = effects.flatMap((_, index): Fault[] => [
    { index, fate: 'crash after' },
    ...(index % 3 === 0 ? [{ index, fate: otherFates[index % 2] ?? 'lost answer' }] : []),
  ]);
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
}, 600_000);
