import { describe, expect, it } from 'vitest';
import { expectSettled } from '../world/invariants.ts';
import { createRotated } from '../world/scenes.ts';

describe('retiring a compromised secret', () => {
  it('asks for the uuid of the secret as confirmation', async () => {
    const world = await createRotated();
    for (const confirm of [undefined, 'uuid-2', '']) {
      expect(await world.deletePreviousNow(confirm)).toMatchObject({ ok: false, error: { code: 'not_confirmed' } });
    }
    expect(world.adobe.deletedByGateway).toEqual([]);
  });

  it('ignores grace and use', async () => {
    const world = await createRotated();
    world.first.lastUsedAt = world.clock.now();
    const before = world.clock.now();
    expect(await world.deletePreviousNow('uuid-1')).toMatchObject({ ok: true, result: { retired: true } });
    expect(world.clock.now() - before, 'nobody waits in an emergency').toBeLessThan(1_000);
    expect(world.adobe.secrets.map(({ uuid }) => uuid)).toEqual(['uuid-2']);
    expectSettled(world);
  });

  it('has nothing to do when the secret is gone', async () => {
    const world = await createRotated();
    await world.deletePreviousNow('uuid-1');
    expect(await world.deletePreviousNow('uuid-1')).toMatchObject({ ok: true, result: { retired: false } });
  });
});
