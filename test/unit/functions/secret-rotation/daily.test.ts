import { describe, expect, it } from 'vitest';
import { metricNames } from '#shared/metrics.ts';
import { expectSettled } from './world/invariants.ts';
import { createRotated } from './world/scenes.ts';
import { createWorld, hourMs } from './world/world.ts';

describe('the daily run', () => {
  it('leaves everything alone while nothing is configured', async () => {
    const world = createWorld();
    world.store.putCurrent('placeholder', undefined);
    expect(await world.daily()).toMatchObject({ ok: true, result: { configured: false } });
    expect(world.metrics).toEqual([[metricNames.runsCompleted, 1, { run: 'rotation-check' }]]);
  });

  it('says when the first rotation is due while nothing is configured', async () => {
    const world = createWorld();
    world.store.putCurrent('placeholder', undefined);
    world.store.nextRotationAt = world.clock.now() + 5 * 24 * hourMs;
    await world.daily();
    const due = new Date(world.store.nextRotationAt).toISOString();
    expect(world.status()).toMatchObject({ nextRotationAt: due, lastRotationFailed: false });
    expect(world.status()?.lastRotationAt).toBeUndefined();
  });

  it('retires the previous secret once its grace is over and nobody uses it', async () => {
    const world = await createRotated();
    await world.advance(47 * hourMs);
    expect(await world.daily()).toMatchObject({ result: { previous: 'in_grace' } });
    expect(world.adobe.secrets).toHaveLength(2);
    expect(world.status()?.previousSecretUuid).toBe('uuid-1');

    await world.advance(2 * hourMs);
    expect(await world.daily()).toMatchObject({ result: { previous: 'retired' } });
    expect(world.adobe.secrets.map(({ uuid }) => uuid)).toEqual(['uuid-2']);
    expect(world.status()?.previousSecretUuid).toBeUndefined();
    expectSettled(world);
  });

  it('raises an alarm for a previous secret that is still used after its grace', async () => {
    const world = await createRotated();
    await world.advance(49 * hourMs);
    world.first.lastUsedAt = world.clock.now() - hourMs;
    expect(await world.daily()).toMatchObject({ result: { previous: 'in_use' } });
    expect(world.adobe.deletedByGateway).toEqual([]);
    expect(world.metrics).toContainEqual([metricNames.previousSecretStillInUse, 1]);
    expect(world.logged.join()).toContain('uuid-1');
  });

  it('never deletes the only secret that is left', async () => {
    const world = await createRotated();
    await world.advance(72 * hourMs);
    world.adobe.lagging.push(...world.adobe.secrets.filter(({ uuid }) => uuid === 'uuid-2'));
    world.adobe.remove('uuid-2');
    await world.daily();
    expect(world.adobe.deletedByGateway).toEqual([]);
  });

  it('names a secret of unknown origin, and forgets it when it is gone', async () => {
    const world = createWorld();
    await world.refreshToken();
    const foreign = world.adobe.consoleAdds();
    expect(await world.daily()).toMatchObject({ result: { foreignSecretUuids: [foreign.uuid] } });
    expect(world.status()?.foreignSecretUuids).toEqual([foreign.uuid]);
    expect(world.metrics).toContainEqual([metricNames.foreignSecretFound, 1]);
    expect(world.logged.join()).toContain(foreign.uuid);

    world.adobe.remove(foreign.uuid);
    await world.daily();
    expect(world.status()?.foreignSecretUuids).toBeUndefined();
  });

  it('records the age of the current secret', async () => {
    const world = createWorld();
    await world.refreshToken();
    await world.advance(10 * 24 * hourMs);
    await world.daily();
    const age = world.metrics.find(([name]) => name === metricNames.rotationAgeDays)?.[1];
    expect(age).toBeCloseTo(10, 2);
  });

  it('rotates again after a rotation that failed', async () => {
    const world = createWorld();
    await world.refreshToken();
    const foreign = world.adobe.consoleAdds();
    await world.rotate();
    expect(world.status()?.lastRotationFailed).toBe(true);

    world.adobe.remove(foreign.uuid);
    expect(await world.daily()).toMatchObject({ ok: true, result: { rotatesAgain: true } });
    expect(world.status()).toMatchObject({ lastRotationFailed: false, currentSecretUuid: 'uuid-3' });
    expectSettled(world);
  });

  it('does not disturb a rotation that is under way', async () => {
    const world = createWorld();
    await world.refreshToken();
    await world.advance(hourMs);
    const token = world.openRotation();
    await world.step('createSecret', token);

    const [daily] = await Promise.all([
      world.daily(),
      world.step('testSecret', token).then(() => world.step('finishSecret', token)),
    ]);

    expect(daily.ok).toBe(true);
    expect(world.store.current()?.versionId).toBe(token);
    expectSettled(world);
  });

  it('says why it failed without asking for a rotation', async () => {
    const world = await createRotated();
    world.adobe.refusedScopes = 'openid,manage_client_secrets';
    expect((await world.daily()).ok).toBe(false);
    expect(world.metrics.map(([name]) => name)).not.toContain(metricNames.runsCompleted);
    expect(world.status()).toMatchObject({ lastRotationFailed: false, error: { code: 'invalid_scope' } });
    world.adobe.refusedScopes = '';
    expect(await world.daily()).toMatchObject({ ok: true, result: { rotatesAgain: false } });
    expect(world.metrics.map(([name]) => name)).toContain(metricNames.runsCompleted);
    expect(world.status()?.error).toBeUndefined();
  });
});
