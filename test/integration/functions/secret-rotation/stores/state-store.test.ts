import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LeaseLostError } from '#functions/secret-rotation/errors.ts';
import type { RotationState } from '#functions/secret-rotation/stores/state-store.ts';
import { createStateStore } from '#functions/secret-rotation/stores/state-store.ts';
import { createManualClock } from '#test/fixtures/manual-clock.ts';
import { startRotationTables } from '#test/fixtures/rotation-tables.ts';

let tables: Awaited<ReturnType<typeof startRotationTables>>;
beforeAll(async () => {
  tables = await startRotationTables();
});
afterAll(() => tables.close());

const open = async () => {
  const clock = createManualClock();
  const { intentTable } = await tables.create();
  const store = createStateStore({ dynamoDb: tables.dynamoDb, tableName: intentTable, clock });
  const take = (owner: string, rotationToken?: string) =>
    store.takeLease({ owner, until: clock.now() + 60_000, rotationToken });
  return { clock, store, take };
};

const state: RotationState = {
  intent: { rotationToken: 'r1', credentialId: '112233', uuidsBefore: ['u1'], adobeDate: 1_700_000_000_000 },
  abandonedUuids: ['u0'],
};

describe('the lease on the client secrets', () => {
  it('is given to one of many at the same time', async () => {
    const { take } = await open();
    const taken = await Promise.all(Array.from({ length: 10 }, (_, index) => take(`owner-${index}`)));
    expect(taken.filter(Boolean)).toHaveLength(1);
  });

  it('goes to the next one when it ends, and the last owner can change nothing any more', async () => {
    const { clock, store, take } = await open();
    expect(await take('first')).toBe(true);
    clock.advance(59_999);
    expect(await take('second')).toBe(false);
    clock.advance(1);
    expect(await take('second')).toBe(true);
    await expect(store.extendLease('first', clock.now() + 1)).rejects.toBeInstanceOf(LeaseLostError);
    await expect(store.saveState('first', state)).rejects.toBeInstanceOf(LeaseLostError);
    await store.releaseLease('first');
    expect(await take('third')).toBe(false);
  });

  it('lasts as long as it is extended', async () => {
    const { clock, store, take } = await open();
    await take('first');
    clock.advance(50_000);
    await store.extendLease('first', clock.now() + 60_000);
    clock.advance(50_000);
    expect(await take('second')).toBe(false);
    await store.releaseLease('first');
    expect(await take('second')).toBe(true);
  });

  it('is kept for the next step of the same rotation', async () => {
    const { clock, store, take } = await open();
    await take('create', 'r1');
    await store.releaseLease('create', { rotationToken: 'r1', until: clock.now() + 30_000 });
    expect(await take('daily')).toBe(false);
    expect(await take('other', 'r2')).toBe(false);
    expect(await take('test', 'r1')).toBe(true);
    expect(await take('concurrent', 'r1')).toBe(false);
  });
});

describe('the state of the rotation', () => {
  it('is empty at first, and read as it was written', async () => {
    const { store, take } = await open();
    expect(await store.readState()).toEqual({ abandonedUuids: [] });
    await take('owner');
    await store.saveState('owner', state);
    expect(await store.readState()).toEqual(state);
    await store.saveState('owner', { abandonedUuids: [] });
    expect(await store.readState()).toEqual({ abandonedUuids: [] });
  });
});
