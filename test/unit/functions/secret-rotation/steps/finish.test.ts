import { describe, expect, it } from 'vitest';
import { expectSettled } from '../world/invariants.ts';
import { createPending } from '../world/scenes.ts';
import { createWorld } from '../world/world.ts';

describe('finishSecret', () => {
  it('promotes the pending secret and moves running work to it', async () => {
    const { world, token } = await createPending();
    expect((await world.step('finishSecret', token)).ok).toBe(true);
    expect(world.store.current()?.credentials?.secretUuid).toBe('uuid-2');
    expect(world.store.previous()?.credentials?.secretUuid).toBe('uuid-1');
    expect(world.store.labels.has('AWSPENDING')).toBe(false);
    world.adobe.remove('uuid-1');
    expect(world.hasValidToken(), 'the token no longer hangs on the old secret').toBe(true);
    expect(world.status()).toMatchObject({
      lastRotationFailed: false,
      currentSecretUuid: 'uuid-2',
      previousSecretUuid: 'uuid-1',
    });
  });

  it('may be called again', async () => {
    const { world, token } = await createPending();
    await world.step('finishSecret', token);
    expect((await world.step('finishSecret', token)).ok).toBe(true);
    expectSettled(world);
  });

  it('does not promote a secret that has died since it was tested', async () => {
    const { world, token } = await createPending();
    await world.step('testSecret', token);
    world.adobe.remove('uuid-2');
    expect((await world.step('finishSecret', token)).ok).toBe(false);
    expect(world.store.current()?.credentials?.secretUuid).toBe('uuid-1');
    expectSettled(world);
  });

  it('does not promote a version without a value', async () => {
    const world = createWorld();
    await world.refreshToken();
    expect((await world.step('finishSecret', world.openRotation())).ok).toBe(false);
    expectSettled(world);
  });
});
