import { describe, expect, it } from 'vitest';
import type { Table } from '#shared/aws/table.ts';
import { findSecret } from '#shared/callers/caller-secret.ts';
import {
  addSecret,
  createCaller,
  getCaller,
  listCallers,
  readSecretUse,
  recordSecretUse,
  removeCaller,
  removeSecret,
  setDisabled,
  updateCaller,
} from '#shared/callers/caller-store.ts';
import { allItems } from '#test/fixtures/job-table.ts';
import type { ManualClock } from '#test/fixtures/manual-clock.ts';
import { useCallerTable } from '#test/fixtures/use-caller-table.ts';

let table: Table;
let clock: ManualClock;

useCallerTable((fresh) => {
  ({ table, clock } = fresh);
});

const create = (name = 'campaigns') => createCaller(table, { name, operator: false });

describe('callers', () => {
  it('have an id and a secret whose value is stored nowhere', async () => {
    const { caller, secret } = await create();
    expect(caller.callerId).toMatch(/^fgw_[0-9a-f]{24}$/);
    expect(secret.value).toMatch(/^fgs_[\w-]{43}$/);
    expect(JSON.stringify(await allItems(table))).not.toContain(secret.value);
    expect(findSecret(await getCaller(table, caller.callerId), secret.value)).toBe(secret.stored.secretId);
  });

  it('are found by their secret only', async () => {
    const { caller } = await create();
    const { secret: foreign } = await create('other');
    expect(findSecret(caller, foreign.value)).toBeUndefined();
    expect(findSecret(undefined, foreign.value)).toBeUndefined();
    expect(findSecret({ secrets: [] }, foreign.value)).toBeUndefined();
  });

  it('change from one secret to another with two in force between', async () => {
    const { caller, secret: first } = await create();
    const { secret: second } = await addSecret(table, caller.callerId);
    const both = await getCaller(table, caller.callerId);
    expect([findSecret(both, first.value), findSecret(both, second.value)]).toEqual([
      first.stored.secretId,
      second.stored.secretId,
    ]);
    await removeSecret(table, caller.callerId, first.stored.secretId);
    const one = await getCaller(table, caller.callerId);
    expect([findSecret(one, first.value), findSecret(one, second.value)]).toEqual([undefined, second.stored.secretId]);
  });

  it('hold two secrets at most, however many are asked for at once', async () => {
    const { caller } = await create();
    const added = await Promise.allSettled(Array.from({ length: 8 }, () => addSecret(table, caller.callerId)));
    expect(added.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await getCaller(table, caller.callerId))?.secrets).toHaveLength(2);
    await expect(addSecret(table, caller.callerId)).rejects.toMatchObject({ code: 'too_many_secrets' });
  });

  it('keep each of many changes at once', async () => {
    const { caller } = await create();
    await Promise.all([
      updateCaller(table, caller.callerId, { name: 'new name' }),
      updateCaller(table, caller.callerId, { operator: true }),
      setDisabled(table, caller.callerId, true),
      addSecret(table, caller.callerId),
    ]);
    expect(await getCaller(table, caller.callerId)).toMatchObject({
      name: 'new name',
      operator: true,
      disabled: true,
      revision: 5,
    });
  });

  it('keep tokens of before refused once they are enabled again', async () => {
    const { caller } = await create();
    clock.advance(5_000);
    await setDisabled(table, caller.callerId, true);
    clock.advance(5_000);
    const enabled = await setDisabled(table, caller.callerId, false);
    expect(enabled).toMatchObject({
      disabled: false,
      tokensNotBefore: new Date(clock.now() - 5_000).toISOString(),
    });
  });

  it('are listed, and are gone once they are removed', async () => {
    const { caller } = await create('b');
    const { caller: other } = await create('a');
    expect((await listCallers(table)).map(({ name }) => name).sort()).toEqual(['a', 'b']);
    expect(await removeCaller(table, caller.callerId)).toBe(true);
    expect(await removeCaller(table, caller.callerId)).toBe(false);
    expect(await listCallers(table)).toEqual([other]);
    await expect(updateCaller(table, caller.callerId, { name: 'x' })).rejects.toMatchObject({
      code: 'caller_not_found',
    });
  });

  it('show when a secret was last used, to the hour', async () => {
    const { caller, secret } = await create();
    const { secretId } = secret.stored;
    clock.advance(90 * 60_000);
    await recordSecretUse(table, caller.callerId, secretId);
    await recordSecretUse(table, caller.callerId, secretId);
    expect(await readSecretUse(table, caller.callerId)).toEqual({ [secretId]: '2026-01-15T13:00:00.000Z' });
  });
});
