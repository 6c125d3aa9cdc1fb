import { describe, expect, it } from 'vitest';
import { metricNames } from '#shared/metrics.ts';
import { expectSettled } from '../world/invariants.ts';
import { createWorld, hourMs, type Outcome, type World } from '../world/world.ts';

const configured = async (options: Parameters<typeof createWorld>[0] = {}): Promise<World> => {
  const world = createWorld(options);
  await world.refreshToken();
  await world.advance(hourMs);
  return world;
};

const messageOf = (outcome: Outcome<unknown>): string => {
  if (outcome.ok) throw new Error('The run was expected to fail.');
  return outcome.error instanceof Error ? outcome.error.message : String(outcome.error);
};

describe('createSecret', () => {
  it('stores a new secret as the pending version and keeps every other field', async () => {
    const world = await configured();
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
    const world = await configured();
    await world.step('createSecret', world.openRotation());
    expect(world.adobe.lists).toBe(1);

    const rotated = await configured();
    await rotated.rotate();
    await rotated.advance(50 * hourMs);
    const before = rotated.adobe.lists;
    await rotated.step('createSecret', rotated.openRotation());
    expect(rotated.adobe.deletedByGateway).toEqual(['uuid-1']);
    expect(rotated.adobe.lists - before).toBe(2);
  });

  it('has nothing to do when it is called again', async () => {
    const world = await configured();
    const token = world.openRotation();
    await world.step('createSecret', token);
    const pending = await world.store.port.readPending(token);

    const again = await world.step('createSecret', token);

    expect(again.ok).toBe(true);
    expect(again.effects).not.toContain('ioManagement.add');
    expect(await world.store.port.readPending(token)).toEqual(pending);
  });

  it('makes one secret, however many calls there are at the same time', async () => {
    const world = await configured();
    const token = world.openRotation();

    const outcomes = await Promise.all([1, 2, 3].map(() => world.step('createSecret', token)));

    expect(outcomes.map(({ ok }) => ok)).toEqual([true, true, true]);
    expect(outcomes.flatMap(({ effects }) => effects.filter((effect) => effect === 'ioManagement.add'))).toHaveLength(
      1,
    );
    expect(world.adobe.secrets).toHaveLength(2);
  });

  it('deletes the new secret at Adobe again if it could not be stored', async () => {
    const world = await configured();
    world.store.failsNextPut = 'before';

    const outcome = await world.step('createSecret', world.openRotation());

    expect(messageOf(outcome)).toContain('InternalServiceError');
    expectSettled(world);
    expect(world.adobe.deletedByGateway).toEqual(['uuid-2']);
    expect((await world.state.readState()).intent?.closedAt).toBeDefined();
  });

  it('goes on if Secrets Manager stored the new secret although its answer was lost', async () => {
    const world = await configured();
    world.store.failsNextPut = 'after';

    expect((await world.rotate()).ok).toBe(true);

    expect(world.adobe.deletedByGateway).toEqual([]);
    expect(world.store.current()?.credentials?.secretUuid).toBe('uuid-2');
  });

  it("deletes the secret whose value was lost with Adobe's answer, and lets the next rotation begin", async () => {
    const world = await configured();
    world.adobe.losesNextAdd = true;

    expect((await world.rotate()).ok).toBe(false);

    expectSettled(world);
    expect(world.adobe.deletedByGateway).toEqual(['uuid-2']);
    expect(world.metrics).toContainEqual([metricNames.orphanSecretFound, 1]);
    expect(world.metrics).toContainEqual([metricNames.rotationFailed, 1]);
    expect((await world.rotate()).ok).toBe(true);
  });

  it('gives up a pending secret that Adobe does not list any more, even while IMS still accepts it', async () => {
    const world = await configured();
    const token = world.openRotation();
    await world.step('createSecret', token);
    world.adobe.lagging.push(...world.adobe.secrets.filter(({ uuid }) => uuid === 'uuid-2'));
    world.adobe.remove('uuid-2');

    const outcome = await world.step('createSecret', token);

    expect(messageOf(outcome)).toContain('uuid-2');
    expect(world.store.pendingElsewhere()).toBeUndefined();
    expect((await world.daily()).ok).toBe(true);
    expect(world.store.current()?.credentials?.secretUuid).toBe('uuid-3');
  });

  it('refuses a version that is not being rotated in', async () => {
    const world = await configured();
    expect(messageOf(await world.step('createSecret', 'unknown'))).toContain('not AWSPENDING');
  });

  it('names what is missing in the stored credentials', async () => {
    const world = await configured();
    const { orgId: _, ...rest } = world.store.current()?.credentials ?? { clientId: '', clientSecret: '' };
    world.store.putCurrent('by-hand', rest);

    expect(messageOf(await world.rotate())).toContain('lacks orgId;');
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
    const world = await configured();
    const foreign = world.adobe.consoleAdds();
    foreign.lastUsedAt = foreign.createdAt + 1000;

    const message = messageOf(await world.rotate());

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
    const world = await configured();
    const undisturbed = await (await configured()).rotate();
    const index = undisturbed.effects.indexOf('ioManagement.add');
    await world.rotate({ index, when: 'before' });
    world.clock.advance(laterMs);
    const foreign = world.adobe.consoleAdds();
    if (used) foreign.lastUsedAt = world.clock.now();

    expect(messageOf(await world.rotate())).toContain(foreign.uuid);

    expect(world.adobe.deletedByGateway).toEqual([]);
  });

  it('spares the previous secret during its grace', async () => {
    const world = await configured();
    await world.rotate();
    await world.advance(47 * hourMs);

    expect(messageOf(await world.rotate())).toContain('its grace ends at');

    expect(world.adobe.deletedByGateway).toEqual([]);
    expect(world.metrics.map(([name]) => name)).not.toContain(metricNames.previousSecretStillInUse);
  });

  it('spares the previous secret while it is used, and raises an alarm after the grace', async () => {
    const world = await configured();
    await world.rotate();
    await world.advance(50 * hourMs);
    world.first.lastUsedAt = world.clock.now() - 23 * hourMs;

    expect(messageOf(await world.rotate())).toContain('still in use');

    expect(world.adobe.deletedByGateway).toEqual([]);
    expect(world.metrics).toContainEqual([metricNames.previousSecretStillInUse, 1]);
  });

  it('deletes the previous secret when its grace is over and nobody uses it', async () => {
    const world = await configured();
    await world.rotate();
    await world.advance(50 * hourMs);

    expect((await world.rotate()).ok).toBe(true);

    expect(world.adobe.deletedByGateway).toEqual(['uuid-1']);
    expectSettled(world);
  });
});

describe('the uuid of the current secret', () => {
  it('is found by its use when it is not stored', async () => {
    const world = await configured({ withUuid: false });
    const foreign = world.adobe.consoleAdds();
    foreign.lastUsedAt = world.clock.now() - hourMs;

    expect(messageOf(await world.rotate())).toContain(`did not make ${foreign.uuid}`);
    world.adobe.remove(foreign.uuid);
    expect((await world.rotate()).ok).toBe(true);

    expect(world.store.current()?.credentials?.replacedSecretUuid).toBe(world.first.uuid);
    await world.advance(72 * hourMs);
    await world.daily();
    expect(world.adobe.deletedByGateway).toEqual([world.first.uuid]);
  });

  it('has to be named by the operator if two secrets were used at the same moment', async () => {
    const world = await configured({ withUuid: false });
    const busy = world.adobe.consoleAdds();
    Object.defineProperty(busy, 'lastUsedAt', { get: () => world.clock.now(), enumerable: true });

    const message = messageOf(await world.rotate());

    expect(message).toContain('uuid-1');
    expect(message).toContain('uuid-2');
    expect(message).toContain('Name it as secretUuid');
  });

  it('is found anew if somebody stored another secret and left the old uuid', async () => {
    const world = await configured();
    const made = world.adobe.consoleAdds();
    world.adobe.remove(world.first.uuid);
    const old = world.store.current()?.credentials;
    if (old) world.store.putCurrent('by-hand', { ...old, clientSecret: made.value });

    expect((await world.rotate()).ok).toBe(true);

    expect(world.store.current()?.credentials?.replacedSecretUuid).toBe(made.uuid);
  });
});
