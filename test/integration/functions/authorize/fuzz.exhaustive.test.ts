import { expect, it } from 'vitest';
import { authorize } from '#functions/authorize/authorize.ts';
import type { Table } from '#shared/aws/table.ts';
import { type CallerWithSecret, createCaller } from '#shared/callers/caller-store.ts';
import { createSigningKey } from '#shared/callers/signing-key.ts';
import { getVerificationKey, type SigningKey, signCallerToken } from '#shared/callers/token.ts';
import { createKeyFinder, publishKey } from '#shared/callers/verification-keys.ts';
import { type Choose, createChoose, silentLog, tryMany } from '#test/fixtures/bad-input.ts';

import { useCallerTable } from '#test/fixtures/use-caller-table.ts';

const audience = { issuer: 'https://gateway.example.com', audience: 'firefly-gateway-test' };

let table: Table;
let known: CallerWithSecret;
let key: SigningKey;
useCallerTable(async (fresh) => {
  ({ table } = fresh);
  key = createSigningKey(table.clock.now());
  await publishKey(table, getVerificationKey(key));
  known = await createCaller(table, { name: 'campaigns', operator: true });
});

const sign = (changes: Partial<Parameters<typeof signCallerToken>[1]> = {}, signedWith = key) =>
  signCallerToken(signedWith, {
    ...audience,
    callerId: known.caller.callerId,
    secretId: known.secret.stored.secretId,
    scope: 'openid',
    lifetimeSeconds: 3_600,
    clock: table.clock,
    ...changes,
  });

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A header whose token is a genuine one that was changed, one of another's, one made up, or none. */
const buildHeader = (choose: Choose, genuine: string, others: readonly string[]): string => {
  const [header = '', claims = '', signature = ''] = genuine.split('.');
  const token = choose.one([
    () => choose.damage(genuine),
    () => [choose.damage(header), claims, signature].join('.'),
    () => [header, choose.damage(claims), signature].join('.'),
    () => [header, claims, choose.damage(signature)].join('.'),
    () =>
      [encode({ alg: choose.one(['none', 'HS256', 'ES256', choose.text(5)]), kid: key.kid }), claims, signature].join(
        '.',
      ),
    () => [encode({ alg: 'EdDSA', kid: choose.text(40), typ: 'at+jwt' }), claims, signature].join('.'),
    () => [header, encode({ sub: choose.text(30), exp: choose.number(1e9) }), signature].join('.'),
    () => choose.one(others),
    () => choose.text(100),
    () => 'a.'.repeat(choose.number(3_000)),
  ])();
  return choose.one([`Bearer ${token}`, `Bearer ${token}`, `bearer  ${token} `, token, `Basic ${token}`]);
};

/** Whether a header holds the genuine token; the last letter of a signature has bits that belong to no byte of it. */
const holds = (authorization: string, genuine: string): boolean => {
  const end = genuine.lastIndexOf('.');
  const [, text = ''] = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization.trim()) ?? [];
  const bytes = (token: string) => Buffer.from(token.slice(end + 1), 'base64url');
  return text.startsWith(genuine.slice(0, end + 1)) && bytes(text).equals(bytes(genuine));
};

it.each([1, 2, 3, 4])(
  'the authorizer refuses 25,000 of 100,000 bad headers, in constant memory: seed %i',
  async (seed) => {
    const choose = createChoose(seed);
    const genuine = await sign();
    const others = await Promise.all([
      sign({ issuer: 'https://another.example.com' }),
      sign({ audience: 'firefly-gateway-dev' }),
      sign({ callerId: `fgw_${'0'.repeat(24)}` }),
      sign({ callerId: 'callers#x' }),
      sign({ secretId: 'gone' }),
      sign({}, createSigningKey(table.clock.now())),
    ]);
    const context = { ...audience, table, findKey: createKeyFinder(table), log: silentLog };
    expect(await authorize(context, `Bearer ${genuine}`)).toMatchObject({ isAuthorized: true });
    await tryMany(25_000, async () => {
      const header = buildHeader(choose, genuine, others);
      const { isAuthorized } = await authorize(context, header);
      if (isAuthorized !== holds(header, genuine)) expect.fail(`${header}: ${isAuthorized}`);
    });
  },
);
