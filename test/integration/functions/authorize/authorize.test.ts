import { describe, expect, it } from 'vitest';
import { authorize } from '#functions/authorize/authorize.ts';
import type { Table } from '#shared/aws/table.ts';
import type { CallerWithSecret } from '#shared/callers/caller-store.ts';
import { addSecret, createCaller, removeCaller, removeSecret, setDisabled } from '#shared/callers/caller-store.ts';
import { createSigningKey } from '#shared/callers/signing-key.ts';
import { getVerificationKey, type SigningKey, signCallerToken } from '#shared/callers/token.ts';
import { createKeyFinder, publishKey } from '#shared/callers/verification-keys.ts';
import type { ManualClock } from '#test/fixtures/manual-clock.ts';
import { observe } from '#test/fixtures/observed.ts';
import { useCallerTable } from '#test/fixtures/use-caller-table.ts';

const audience = { issuer: 'https://gateway.example.com', audience: 'firefly-gateway-test' };
const refused = { isAuthorized: false };

let table: Table;
let clock: ManualClock;
let known: CallerWithSecret;
let key: SigningKey;

useCallerTable(async (fresh) => {
  ({ table, clock } = fresh);
  key = createSigningKey(clock.now());
  await publishKey(table, getVerificationKey(key));
  known = await createCaller(table, { name: 'campaigns', operator: true });
});

const sign = ({
  secretId = known.secret.stored.secretId,
  callerId = known.caller.callerId,
  lifetimeSeconds = 3_600,
} = {}) => signCallerToken(key, { ...audience, callerId, secretId, scope: '', lifetimeSeconds, clock });

const decide = (authorization: string | undefined) =>
  authorize({ ...audience, table, findKey: createKeyFinder(table), log: observe().log }, authorization);

describe('the authorizer', () => {
  it('lets in the bearer of a token and says who it is', async () => {
    const { callerId } = known.caller;
    const admitted = { isAuthorized: true, context: { callerId, name: 'campaigns', operator: true } };
    expect(await decide(`Bearer ${await sign()}`)).toEqual(admitted);
    expect(await decide(`bearer   ${await sign()} `)).toEqual(admitted);
  });

  it.each([undefined, '', 'Bearer', 'Bearer x', 'Basic Zm9vOmJhcg==', 'Bearer a.b.c', `Bearer ${'a.'.repeat(5_000)}`])(
    'refuses %j',
    async (authorization) => {
      expect(await decide(authorization)).toEqual(refused);
    },
  );

  it('lets an expired token of a caller in marked, so that it is told to get another', async () => {
    const token = await sign();
    clock.advance(3_700_000);
    expect(await decide(`Bearer ${token}`)).toMatchObject({
      isAuthorized: true,
      context: { refusal: 'token_expired' },
    });
  });

  it('refuses at once what a caller held when it was disabled, and lets it in with a new token once enabled', async () => {
    const token = await sign();
    clock.advance(1_000);
    await setDisabled(table, known.caller.callerId, true);
    expect(await decide(`Bearer ${token}`)).toEqual(refused);
    await setDisabled(table, known.caller.callerId, false);
    expect(await decide(`Bearer ${token}`)).toEqual(refused);
    expect(await decide(`Bearer ${await sign()}`)).toMatchObject({ isAuthorized: true });
  });

  it('refuses tokens that were got with a secret that is gone, and no others', async () => {
    const { callerId } = known.caller;
    const { secret: second } = await addSecret(table, callerId);
    const [old, current] = [await sign(), await sign({ secretId: second.stored.secretId })];
    await removeSecret(table, callerId, known.secret.stored.secretId);
    expect(await decide(`Bearer ${old}`)).toEqual(refused);
    expect(await decide(`Bearer ${current}`)).toMatchObject({ isAuthorized: true });
  });

  it('refuses tokens of a caller that was removed, and of one that never was', async () => {
    const token = await sign();
    await removeCaller(table, known.caller.callerId);
    expect(await decide(`Bearer ${token}`)).toEqual(refused);
    expect(await decide(`Bearer ${await sign({ callerId: 'verification-keys' })}`)).toEqual(refused);
  });
});
