import { describe, expect, it } from 'vitest';
import type { Table } from '#shared/aws/table.ts';
import { createSigningKey } from '#shared/callers/signing-key.ts';
import { getVerificationKey } from '#shared/callers/token.ts';
import { createKeyFinder, endOtherKeys, listKeys, publishKey } from '#shared/callers/verification-keys.ts';
import type { ManualClock } from '#test/fixtures/manual-clock.ts';
import { useCallerTable } from '#test/fixtures/use-caller-table.ts';

let table: Table;
let clock: ManualClock;
let reads: number;

useCallerTable((fresh) => {
  ({ table, clock } = fresh);
  reads = 0;
});

const newKey = () => getVerificationKey(createSigningKey(clock.now()));

/** The table, with its reads counted. */
const counted = (): Table => ({
  ...table,
  dynamoDb: new Proxy(table.dynamoDb, {
    get: (client, property) => {
      if (property === 'send') reads += 1;
      return Reflect.get(client, property);
    },
  }),
});

describe('the keys that tokens are verified with', () => {
  it('are found once they are published', async () => {
    const key = newKey();
    await publishKey(table, key);
    expect(await createKeyFinder(table)(key.kid)).toMatchObject({ type: 'public' });
  });

  it('are found though they were published after the first look', async () => {
    const find = createKeyFinder(table);
    const key = newKey();
    expect(await find(key.kid)).toBeUndefined();
    await publishKey(table, key);
    clock.advance(61_000);
    expect(await find(key.kid)).toBeDefined();
  });

  it('cost one read a minute at most, whatever ids are made up', async () => {
    const find = createKeyFinder(counted());
    await publishKey(table, newKey());
    for (let second = 0; second < 180; second += 1) {
      await find(`made-up-${second}`);
      clock.advance(1_000);
    }
    expect(reads).toBeLessThanOrEqual(4);
  });

  it('are ended a while after another one signs, and not later by another call', async () => {
    const [old, current] = [newKey(), newKey()];
    await publishKey(table, old);
    await publishKey(table, current);
    await endOtherKeys(table, current.kid, 3_600);
    clock.advance(1_800_000);
    await endOtherKeys(table, current.kid, 3_600);
    const find = createKeyFinder(table);
    expect(await find(old.kid)).toBeDefined();
    clock.advance(1_801_000);
    expect((await listKeys(table)).map(({ kid }) => kid)).toEqual([current.kid]);
    expect(await find(old.kid)).toBeUndefined();
  });
});
