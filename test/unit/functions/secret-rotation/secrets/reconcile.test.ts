import { describe, expect, it } from 'vitest';
import { createConfigured, readMessage } from '../world/scenes.ts';
import { hourMs } from '../world/world.ts';

describe('the uuid of the current secret', () => {
  it('is found by its use when it is not stored', async () => {
    const world = await createConfigured({ withUuid: false });
    const foreign = world.adobe.consoleAdds();
    foreign.lastUsedAt = world.clock.now() - hourMs;

    expect(readMessage(await world.rotate())).toContain(`did not make ${foreign.uuid}`);
    world.adobe.remove(foreign.uuid);
    expect((await world.rotate()).ok).toBe(true);

    expect(world.store.current()?.credentials?.replacedSecretUuid).toBe(world.first.uuid);
    await world.advance(72 * hourMs);
    await world.daily();
    expect(world.adobe.deletedByGateway).toEqual([world.first.uuid]);
  });

  it('has to be named by the operator if two secrets were used at the same moment', async () => {
    const world = await createConfigured({ withUuid: false });
    const busy = world.adobe.consoleAdds();
    Object.defineProperty(busy, 'lastUsedAt', { get: () => world.clock.now(), enumerable: true });

    const message = readMessage(await world.rotate());

    expect(message).toContain('uuid-1');
    expect(message).toContain('uuid-2');
    expect(message).toContain('Name it as secretUuid');
  });

  it('is found anew if somebody stored another secret and left the old uuid', async () => {
    const world = await createConfigured();
    const made = world.adobe.consoleAdds();
    world.adobe.remove(world.first.uuid);
    const old = world.store.current()?.credentials;
    if (old) world.store.putCurrent('by-hand', { ...old, clientSecret: made.value });

    expect((await world.rotate()).ok).toBe(true);

    expect(world.store.current()?.credentials?.replacedSecretUuid).toBe(made.uuid);
  });
});
