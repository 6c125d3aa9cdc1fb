import { describe, expect, it } from 'vitest';
import type { ListedSecret } from '#shared/adobe/console/io-management.ts';
import {
  classifySecrets,
  describeSecret,
  findCurrentSecret,
  readReplacedUuids,
} from '#shared/adobe/console/listed-secrets.ts';

const stored = { clientId: 'client', clientSecret: 'value-3' };

const find = async (storedUuid: string | undefined, secrets: ListedSecret[]) => {
  const calls: string[] = [];
  const found = await findCurrentSecret({
    storedUuid,
    list: async () => {
      calls.push('list');
      return { clientId: 'client', secrets: structuredClone(secrets) };
    },
    use: async () => {
      calls.push('use');
      const held = secrets.find(({ uuid }) => uuid === 'u2');
      if (held) held.lastUsedAt = 1_000;
    },
    clock: { now: () => 0 },
    sleep: async () => undefined,
    patienceMs: 0,
  });
  return { ...found, calls };
};

describe('the current client secret', () => {
  it('is the listed one with the stored uuid, which is asked for once', async () => {
    const { own, list, calls } = await find('u1', [{ uuid: 'u1', createdAt: 0 }]);
    expect(own).toEqual({ kind: 'found', secret: { uuid: 'u1', createdAt: 0 } });
    expect(list.secrets).toHaveLength(1);
    expect(calls).toEqual(['list']);
  });

  it.each([undefined, 'gone'])('is found by its use if its stored uuid is %s', async (uuid) => {
    const secrets = [
      { uuid: 'u1', createdAt: 0 },
      { uuid: 'u2', createdAt: 0 },
    ];
    const { own, list } = await find(uuid, secrets);
    expect(own).toMatchObject({ kind: 'found', secret: { uuid: 'u2' } });
    expect(list.secrets[1], 'the list after the use').toMatchObject({ lastUsedAt: 1_000 });
  });
});

describe('the other client secrets', () => {
  it('are those that the current one replaced, and those of which nothing is stored', () => {
    const listed = ['u1', 'u2', 'u3', 'u4'].map((uuid) => ({ uuid, createdAt: 0 }));
    const replacedUuids = readReplacedUuids({ ...stored, replacedSecretUuid: 'u1' }, { ...stored, secretUuid: 'u2' });
    const { current, previous, others } = classifySecrets(listed, { currentUuid: 'u3', replacedUuids });
    expect(current?.uuid).toBe('u3');
    expect(previous.map(({ uuid }) => uuid)).toEqual(['u1', 'u2']);
    expect(others.map(({ uuid }) => uuid)).toEqual(['u4']);
  });

  it('are described with their times', () => {
    expect(describeSecret({ uuid: 'u1', createdAt: 0 })).toBe('u1 (created 1970-01-01T00:00:00.000Z, never used)');
    expect(describeSecret({ uuid: 'u1', createdAt: 0, lastUsedAt: 1_000 })).toContain('last used 1970-01-01T00:00:01');
  });
});
