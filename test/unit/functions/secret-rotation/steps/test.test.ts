import { describe, expect, it } from 'vitest';
import { metricNames } from '#shared/metrics.ts';
import { expectSettled } from '../world/invariants.ts';
import { createPending, createRotated } from '../world/scenes.ts';
import { createWorld, hourMs } from '../world/world.ts';

describe('testSecret', () => {
  it('returns quietly without a pending value, even on the placeholder', async () => {
    const world = createWorld();
    world.store.putCurrent('placeholder', undefined);
    const token = world.openRotation();
    expect((await world.step('testSecret', token)).ok).toBe(true);
    expect((await world.step('testSecret', 'unknown')).ok).toBe(true);
    expect(world.adobe.mints).toBe(0);
  });

  it('puts the next rotation on record when a deployment calls it, and keeps what is there', async () => {
    const world = createWorld();
    world.store.putCurrent('placeholder', undefined);
    await world.step('testSecret', world.openRotation());
    expect(world.metrics).toEqual([[metricNames.runsCompleted, 1, { run: 'rotation-check' }]]);
    const inThirtyDays = new Date(world.clock.now() + world.policy.rotationIntervalMs).toISOString().slice(0, 16);
    expect(world.status()?.nextRotationAt).toContain(inThirtyDays);
    expect(world.status()).toMatchObject({ lastRotationFailed: false });

    const rotated = await createRotated();
    const before = rotated.status();
    await rotated.advance(hourMs);
    await rotated.step('testSecret', 'a later deployment');
    expect(rotated.status()).toEqual({ ...before, lastRunAt: expect.any(String) });
  });

  it('keeps nobody waiting after such a test', async () => {
    const world = createWorld();
    await world.refreshToken();
    await world.step('testSecret', world.openRotation());
    world.store.labels.delete('AWSPENDING');
    const before = world.clock.now();
    expect((await world.rotate()).ok).toBe(true);
    expect(world.clock.now() - before).toBeLessThan(1_000);
  });

  it('mints both kinds of token with the pending secret and makes a real call', async () => {
    const { world, token } = await createPending();
    const before = world.adobe.mints;
    expect((await world.step('testSecret', token)).ok).toBe(true);
    expect(world.adobe.mints - before).toBe(2);
    expect(world.adobe.secrets[1]?.lastUsedAt).toBeDefined();
  });

  it('waits while Adobe propagates the new secret', async () => {
    const { world, token } = await createPending();
    world.adobe.propagationMs = 45_000;
    expect((await world.step('testSecret', token)).ok).toBe(true);
  });

  it('ends the rotation if Adobe still refuses the new secret after that time', async () => {
    const { world, token } = await createPending();
    world.adobe.propagationMs = 90_000;
    expect((await world.step('testSecret', token)).ok).toBe(false);
    expectSettled(world);
    expect(world.adobe.deletedByGateway).toEqual(['uuid-2']);
    expect(world.status()).toMatchObject({ lastRotationFailed: true, error: { code: 'invalid_client' } });
  });

  it('leaves a secret of an ended rotation to the next run if Adobe does not delete it now', async () => {
    const { world, token } = await createPending();
    world.adobe.propagationMs = 90_000;
    world.adobe.failsDeletes = true;
    await world.step('testSecret', token);
    expect(world.adobe.secrets).toHaveLength(2);
    expect(world.store.pendingElsewhere()).toBeUndefined();

    world.adobe.propagationMs = 0;
    world.adobe.failsDeletes = false;
    expect((await world.rotate()).ok).toBe(true);
    expectSettled(world);
  });

  it('ends the rotation at once if the credential lacks a scope', async () => {
    const { world, token } = await createPending();
    world.adobe.refusedScopes = 'openid,firefly_api';
    const before = world.clock.now();
    expect((await world.step('testSecret', token)).ok).toBe(false);
    expect(world.clock.now() - before).toBeLessThan(1_000);
    expect(world.status()?.error?.code).toBe('invalid_scope');
  });
});
