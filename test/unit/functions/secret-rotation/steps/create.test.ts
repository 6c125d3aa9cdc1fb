import { describe, expect, it } from 'vitest';
import { metricNames } from '#shared/metrics.ts';
import { expectSettled } from '../world/invariants.ts';
import { createConfigured, readMessage } from '../world/scenes.ts';
import { createWorld, hourMs } from '../world/world.ts';

describe('createSecret', () => {
  it('stores a new secret as the pending version and keeps every other field', async () => {
    const world = await createConfigured();
    const token = world.openRotation();

    await world.step('createSecret', token);

    const pending = await world.store.port.readPending(token);
    const made = world.adobe.secrets[1];
    expect(pending?.credentials).toEqual({
      ...world.store.current()?.credentials,
      clientSecret: made?.value,
      secretUuid: made?.uuid,
      replacedSecretUuid: world.first.uuid,
    });
    expect(world.store.current()?.credentials?.secretUuid).toBe(world.first.uuid);
  });

  it('asks Adobe for its list once, and once more before a deletion', async () => {
    const world = await createConfigured();
    await world.step('createSecret', world.openRotation());
    expect(world.adobe.lists).toBe(1);

    const rotated = await createConfigured();
    await rotated.rotate();
    await rotated.advance(50 * hourMs);
    const before = rotated.adobe.lists;
    await rotated.step('createSecret', rotated.openRotation());
    expect(rotated.adobe.deletedByGateway).toEqual(['uuid-1']);
    expect(rotated.adobe.lists - before).toBe(2);
  });

  it('has nothing to do when it is called again', async () => {
    const world = await createConfigured();
    const token = world.openRotation();
    await world.step('createSecret', token);
    const pending = await world.store.port.readPending(token);

    const again = await world.step('createSecret', token);

    expect(again.ok).toBe(true);
    expect(again.effects).not.toContain('ioManagement.add');
    expect(await world.store.port.readPending(token)).toEqual(pending);
  });

  it('makes one secret, however many calls there are at the same time', async () => {
    const world = await createConfigured();
    const token = world.openRotation();

    const outcomes = await Promise.all([1, 2, 3].map(() => world.step('createSecret', token)));

    expect(outcomes.map(({ ok }) => ok)).toEqual([true, true, true]);
    expect(outcomes.flatMap(({ effects }) => effects.filter((effect) => effect === 'ioManagement.add'))).toHaveLength(
      1,
    );
    expect(world.adobe.secrets).toHaveLength(2);
  });

  it('deletes the new secret at Adobe again if it could not be stored', async () => {
    const world = await createConfigured();
    world.store.failsNextPut = 'before';

    const outcome = await world.step('createSecret', world.openRotation());

    expect(readMessage(outcome)).toContain('InternalServiceError');
    expectSettled(world);
    expect(world.adobe.deletedByGateway).toEqual(['uuid-2']);
    expect((await world.state.readState()).intent?.closedAt).toBeDefined();
  });

  it('goes on if Secrets Manager stored the new secret although its answer was lost', async () => {
    const world = await createConfigured();
    world.store.failsNextPut = 'after';

    expect((await world.rotate()).ok).toBe(true);

    expect(world.adobe.deletedByGateway).toEqual([]);
    expect(world.store.current()?.credentials?.secretUuid).toBe('uuid-2');
  });

  it("deletes the secret whose value was lost with Adobe's answer, and lets the next rotation begin", async () => {
    const world = await createConfigured();
    world.adobe.losesNextAdd = true;

    expect((await world.rotate()).ok).toBe(false);

    expectSettled(world);
    expect(world.adobe.deletedByGateway).toEqual(['uuid-2']);
    expect(world.metrics).toContainEqual([metricNames.orphanSecretFound, 1]);
    expect(world.metrics).toContainEqual([metricNames.rotationFailed, 1]);
    expect((await world.rotate()).ok).toBe(true);
  });

  it('gives up a pending secret that Adobe does not list any more, even while IMS still accepts it', async () => {
    const world = await createConfigured();
    const token = world.openRotation();
    await world.step('createSecret', token);
    world.adobe.lagging.push(...world.adobe.secrets.filter(({ uuid }) => uuid === 'uuid-2'));
    world.adobe.remove('uuid-2');

    const outcome = await world.step('createSecret', token);

    expect(readMessage(outcome)).toContain('uuid-2');
    expect(world.store.pendingElsewhere()).toBeUndefined();
    expect((await world.daily()).ok).toBe(true);
    expect(world.store.current()?.credentials?.secretUuid).toBe('uuid-3');
  });

  it('refuses a version that is not being rotated in', async () => {
    const world = await createConfigured();
    expect(readMessage(await world.step('createSecret', 'unknown'))).toContain('not AWSPENDING');
  });

  it('names what is missing in the stored credentials', async () => {
    const world = await createConfigured();
    const { orgId: _, ...rest } = world.store.current()?.credentials ?? { clientId: '', clientSecret: '' };
    world.store.putCurrent('by-hand', rest);

    expect(readMessage(await world.rotate())).toContain('lacks orgId;');
    expect(world.status()).toMatchObject({ lastRotationFailed: true, error: { code: 'credentials_incomplete' } });
  });

  it('fails without an alarm while nothing is configured', async () => {
    const world = createWorld();
    world.store.putCurrent('placeholder', undefined);

    expect((await world.rotate()).ok).toBe(false);

    expect(world.metrics).toEqual([]);
    expect(world.status()).toMatchObject({ lastRotationFailed: false, error: { code: 'not_configured' } });
  });
});

describe('making room for a new secret', () => {
  it('spares a secret of unknown origin, and says which one it is and what can be done', async () => {
    const world = await createConfigured();
    const foreign = world.adobe.consoleAdds();
    foreign.lastUsedAt = foreign.createdAt + 1000;

    const message = readMessage(await world.rotate());

    expect(message).toContain(foreign.uuid);
    expect(message).toContain(new Date(foreign.createdAt).toISOString());
    expect(message).toContain(new Date(foreign.lastUsedAt).toISOString());
    expect(message).toContain('delete it in the Developer Console');
    expect(world.adobe.deletedByGateway).toEqual([]);
    expect(world.store.pendingElsewhere()).toBeUndefined();
    expect(world.status()?.foreignSecretUuids).toEqual([foreign.uuid]);
    expect(world.metrics).toContainEqual([metricNames.foreignSecretFound, 1]);
    expect(world.logged.join()).toContain(foreign.uuid);
  });

  it.each([
    ['was used', 10_000, true],
    ['is older than the call that may have made it', 200_000, false],
  ])('spares a secret that appeared after an interrupted call but %s', async (_, laterMs, used) => {
    const world = await createConfigured();
    const undisturbed = await (await createConfigured()).rotate();
    const index = undisturbed.effects.indexOf('ioManagement.add');
    await world.rotate({ index, when: 'before' });
    world.clock.advance(laterMs);
    const foreign = world.adobe.consoleAdds();
    if (used) foreign.lastUsedAt = world.clock.now();

    expect(readMessage(await world.rotate())).toContain(foreign.uuid);

    expect(world.adobe.deletedByGateway).toEqual([]);
  });

  it('spares the previous secret during its grace', async () => {
    const world = await createConfigured();
    await world.rotate();
    await world.advance(47 * hourMs);

    expect(readMessage(await world.rotate())).toContain('its grace ends at');

    expect(world.adobe.deletedByGateway).toEqual([]);
    expect(world.metrics.map(([name]) => name)).not.toContain(metricNames.previousSecretStillInUse);
  });

  it('spares the previous secret while it is used, and raises an alarm after the grace', async () => {
    const world = await createConfigured();
    await world.rotate();
    await world.advance(50 * hourMs);
    world.first.lastUsedAt = world.clock.now() - 23 * hourMs;

    expect(readMessage(await world.rotate())).toContain('still in use');

    expect(world.adobe.deletedByGateway).toEqual([]);
    expect(world.metrics).toContainEqual([metricNames.previousSecretStillInUse, 1]);
  });

  it('deletes the previous secret when its grace is over and nobody uses it', async () => {
    const world = await createConfigured();
    await world.rotate();
    await world.advance(50 * hourMs);

    expect((await world.rotate()).ok).toBe(true);

    expect(world.adobe.deletedByGateway).toEqual(['uuid-1']);
    expectSettled(world);
  });
});
