import { describe, expect, it } from 'vitest';
import { planStore } from '#infra/credentials/plan-store.ts';

const ids = { orgId: '1', projectId: '2', credentialId: '3' };
const given = { clientId: 'client', clientSecret: 'secret-1', secretUuid: 'u-1', ...ids };
const newer = { ...given, clientSecret: 'secret-2', secretUuid: 'u-2', replacedSecretUuid: 'u-1' };
const neverAsked = () => Promise.reject(new Error('need not be asked'));

describe('what becomes of the given credential', () => {
  it('is stored in place of the placeholder, or of the credentials of another client id', async () => {
    const plan = await planStore(given, { current: undefined, previous: undefined }, neverAsked);
    expect(plan).toEqual({ kind: 'given', credentials: given });
  });

  it('is left alone if it is stored already, with what others have added to it', async () => {
    const current = { ...given, replacedSecretUuid: 'u-0', note: 'mine' };
    expect(await planStore(given, { current, previous: undefined }, neverAsked)).toEqual({ kind: 'same' });
  });

  it('is completed if the stored one lacks something', async () => {
    const current = { clientId: 'client', clientSecret: 'secret-1', note: 'mine' };
    const plan = await planStore(given, { current, previous: undefined }, neverAsked);
    expect(plan).toEqual({ kind: 'same', credentials: { ...given, note: 'mine' } });
  });

  it('takes the place of another secret of the same client id, which becomes the previous one', async () => {
    const current = { ...given, clientSecret: 'secret-0', secretUuid: 'u-0' };
    const plan = await planStore(given, { current, previous: undefined }, neverAsked);
    expect(plan).toEqual({ kind: 'given', credentials: { ...given, replacedSecretUuid: 'u-0' } });
  });

  it.each([
    ['the current version says so', newer, undefined],
    ['the previous version has its uuid', { ...newer, replacedSecretUuid: undefined }, { ...given, clientSecret: 'x' }],
    [
      'the previous version has its value',
      { ...newer, replacedSecretUuid: undefined },
      { ...given, secretUuid: undefined },
    ],
  ])('does not come back after a rotation replaced it (%s)', async (_why, current, previous) => {
    const plan = await planStore(given, { current, previous }, async () => true);
    expect(plan).toEqual({ kind: 'superseded' });
  });

  it('mends the ids of the newer secret that stays', async () => {
    const current = { ...newer, credentialId: '4' };
    const plan = await planStore(given, { current, previous: undefined }, async () => true);
    expect(plan).toEqual({ kind: 'superseded', credentials: newer });
  });

  it('comes back if the newer one is dead', async () => {
    const plan = await planStore(given, { current: newer, previous: undefined }, async () => false);
    expect(plan).toEqual({ kind: 'given', credentials: { ...given, replacedSecretUuid: 'u-2' } });
  });
});
