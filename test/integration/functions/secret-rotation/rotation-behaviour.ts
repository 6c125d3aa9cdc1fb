import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type Backend, type RotationRig, startRotationRig } from './rig.ts';

const hourMs = 3_600_000;

const rotationOn = (backend: Backend) => {
  let rig: RotationRig;
  beforeAll(async () => {
    rig = await startRotationRig(backend);
  });
  afterAll(() => rig.close());
  beforeEach(() => rig.reset());

  const uuids = () => rig.simulator.console.secrets().map(({ uuid }) => uuid);
  const current = () => rig.scene().read('AWSCURRENT');

  /** One working current secret, at most one retired one, nothing left open, nothing told. */
  const expectSettled = async () => {
    const { clientSecret, secretUuid, replacedSecretUuid } = (await current()) ?? {};
    const secrets = rig.simulator.console.secrets();
    expect(secrets.find(({ uuid }) => uuid === secretUuid)?.value).toBe(clientSecret);
    expect(uuids().filter((uuid) => uuid !== secretUuid && uuid !== replacedSecretUuid)).toEqual([]);
    expect(Object.values(await rig.labels()).filter((labels) => labels.join() === 'AWSPENDING')).toEqual([]);
    for (const { value } of secrets) expect(rig.scene().logged.join()).not.toContain(value);
  };
  return { rig: () => rig, uuids, current, expectSettled };
};

/** How a rotation goes over the real protocols, with Secrets Manager played by a backend. */
export const describeRotation = (backend: Backend): void => {
  const { rig: getRig, uuids, current, expectSettled } = rotationOn(backend);
  let rig: RotationRig;
  beforeEach(() => {
    rig = getRig();
  });

  it('puts a new secret into service and keeps the previous one', async () => {
    const [first] = uuids();
    const { error } = await rig.rotate();
    expect(error).toBeUndefined();

    const rotated = await current();
    expect(rotated?.secretUuid).not.toBe(first);
    expect(uuids()).toEqual([first, rotated?.secretUuid]);
    expect((await rig.scene().read('AWSPREVIOUS'))?.secretUuid).toBe(first);
    expect(rig.scene().refreshes).toEqual([rotated?.clientSecret]);
    expect(await rig.scene().ports.status.readSecretRotation()).toMatchObject({
      lastRotationFailed: false,
      currentSecretUuid: rotated?.secretUuid,
      previousSecretUuid: first,
    });
    await expectSettled();
  });

  it('begins again right after a failed run', async () => {
    rig.simulator.faults.add({ fault: 'drop', effect: 'done', service: 'io-management', method: 'POST', times: 1 });
    expect((await rig.rotate()).error).toMatchObject({ name: 'no_answer' });
    await expectSettled();
    expect(uuids()).toHaveLength(1);

    expect((await rig.rotate()).error).toBeUndefined();
    await expectSettled();
  });

  it('bears with an Adobe that fails in passing', async () => {
    rig.simulator.faults.add({ fault: 'server_error', service: 'ims', times: 2 });
    rig.simulator.faults.add({ fault: 'unavailable', service: 'io-management', method: 'GET', skip: 1, times: 2 });
    rig.simulator.faults.add({ fault: 'rate_limited', seconds: 5, service: 'firefly', times: 1 });
    expect((await rig.rotate()).error).toBeUndefined();
    await expectSettled();
  });

  it('waits until Adobe has propagated the new secret', async () => {
    rig.simulator.settings.secretPropagationMs = 20_000;
    try {
      expect((await rig.rotate()).error).toBeUndefined();
    } finally {
      rig.simulator.settings.secretPropagationMs = 0;
    }
    await expectSettled();
  });

  it("understands the statuses of Adobe's internal description, too", async () => {
    rig.simulator.settings.secretStatuses = 'internal-spec';
    try {
      expect((await rig.rotate()).error).toBeUndefined();
      const { replacedSecretUuid = '' } = (await current()) ?? {};
      expect(await rig.deletePreviousNow(replacedSecretUuid)).toEqual({ retired: true });
    } finally {
      rig.simulator.settings.secretStatuses = 'guide';
    }
    expect(uuids()).toEqual([(await current())?.secretUuid]);
    await expectSettled();
  });

  it('retires the previous secret when its grace is over', async () => {
    await rig.rotate();
    rig.clock.advance(47 * hourMs);
    expect(await rig.daily()).toMatchObject({ previous: 'in_grace' });
    rig.clock.advance(2 * hourMs);
    expect(await rig.daily()).toMatchObject({ previous: 'retired' });
    expect(uuids()).toEqual([(await current())?.secretUuid]);
  });

  it('spares and names a secret that a console user made', async () => {
    const foreign = rig.simulator.console.add();
    if (foreign) rig.simulator.console.authenticate(foreign.value);
    const { error } = await rig.rotate();
    expect(error).toMatchObject({ name: 'foreign_secret', message: expect.stringContaining(foreign?.uuid ?? '-') });
    expect(uuids()).toContain(foreign?.uuid);
    expect(await rig.scene().ports.status.readSecretRotation()).toMatchObject({ foreignSecretUuids: [foreign?.uuid] });
  });
};

/** The same with the process killed after each of its effects in turn. */
export const describeCrashes = (backend: Backend): void => {
  const { rig: getRig, current, expectSettled } = rotationOn(backend);

  it('is stranded by no crash after any call of Adobe, Secrets Manager or the token refresh', async () => {
    const rig = getRig();
    const { effects } = await rig.rotate();
    const indices = [...effects.keys()].filter((index) => !/^(state|status)\./.test(effects[index] ?? ''));
    expect(indices.length).toBeGreaterThan(8);
    for (const index of indices) {
      await rig.reset();
      const first = (await current())?.secretUuid;
      const at = `after ${effects[index]} (${index})`;
      expect((await rig.rotate({ index, when: 'after' })).died, at).toBe(true);

      // Secrets Manager refuses to rotate while AWSPENDING is left over; the daily run takes it off and rotates.
      if ((await current())?.secretUuid === first) {
        const { error } = await rig.rotate();
        if (error !== undefined) expect(error, at).toMatchObject({ name: 'InvalidRequestException' });
      }
      await rig.daily();
      const { secretUuid, replacedSecretUuid } = (await current()) ?? {};
      expect(replacedSecretUuid, `${at}: the secret was rotated`).toBe(first);
      expect(secretUuid).not.toBe(first);
      await expectSettled();
    }
  });
};
