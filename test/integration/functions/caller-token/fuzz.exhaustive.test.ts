import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { expect, it } from 'vitest';
import { createTokenEndpoint } from '#functions/caller-token/endpoint.ts';
import type { Table } from '#shared/aws/table.ts';
import { createCaller } from '#shared/callers/caller-store.ts';
import { createSigningKey } from '#shared/callers/signing-key.ts';
import { type Choose, createChoose, silentLog, tryMany } from '#test/fixtures/bad-input.ts';

import { tokenEvent } from '#test/fixtures/token-event.ts';
import { useCallerTable } from '#test/fixtures/use-caller-table.ts';

let table: Table;
let auditTable: Table;
let callerId: string;
useCallerTable(async (fresh) => {
  ({ table, auditTable } = fresh);
  ({
    caller: { callerId },
  } = await createCaller(table, { name: 'campaigns', operator: false }));
});

const maybe = <Value>(choose: Choose, usual: Value, other: () => Value): Value =>
  choose.number(4) > 0 ? usual : other();

/** A form that is one of a client's but for the secret, with up to three things wrong about it. */
const buildForm = (choose: Choose): string => {
  const fields = [
    ['grant_type', maybe(choose, 'client_credentials', () => choose.text(30))],
    ['client_id', choose.one([callerId, `fgw_${'0'.repeat(24)}`, choose.text(40), `${callerId}\0`, '__proto__'])],
    [
      'client_secret',
      choose.one(['guess', `fgs_${'A'.repeat(43)}`, choose.text(60), 'x'.repeat(choose.number(3_000))]),
    ],
    ['scope', choose.one(['openid,AdobeID,firefly_api', choose.text(60), ','.repeat(choose.number(100))])],
    [choose.text(5), choose.text(5)],
  ] as [string, string][];
  const kept = fields.filter(() => choose.number(8) > 0);
  let form = new URLSearchParams(kept).toString();
  for (let damages = choose.number(4); damages > 0; damages -= 1) form = choose.damage(form);
  return form;
};

const buildEvent = (choose: Choose): APIGatewayProxyEventV2 => {
  const form = buildForm(choose);
  const method = maybe(choose, 'POST', () => choose.one(['GET', 'HEAD', 'PUT', choose.text(6)]));
  const path = choose.one(['/ims/token/v3', '/ims/token/v3', '/oauth2/token', '/ims/token/v4', `/${choose.text(10)}`]);
  const credentials = choose.one([`${callerId}:guess`, `${callerId}:%`, ':', choose.text(40)]);
  const authorization = choose.one([
    undefined,
    undefined,
    `Basic ${Buffer.from(credentials).toString('base64')}`,
    `Basic ${choose.text(20)}`,
    choose.text(30),
  ]);
  const contentType = choose.one([
    'application/x-www-form-urlencoded',
    'application/x-www-form-urlencoded; charset=UTF-8',
    undefined,
    'application/json',
    choose.text(20),
  ]);
  const isBase64Encoded = choose.number(4) === 0;
  return tokenEvent({
    method,
    rawPath: path,
    sourceIp: `198.51.100.${choose.number(200)}`,
    rawQueryString: choose.number(3) === 0 ? buildForm(choose) : '',
    headers: { 'content-type': contentType, authorization },
    isBase64Encoded,
    body: choose.one([
      form,
      form,
      isBase64Encoded ? Buffer.from(form).toString('base64') : form,
      undefined,
      choose.text(200),
      form.padEnd(choose.number(20_000), 'x'),
    ]),
  });
};

it.each([1, 2, 3, 4])(
  'the token endpoint answers 25,000 of 100,000 bad forms with 4xx, in constant memory: seed %i',
  async (seed) => {
    const choose = createChoose(seed);
    const endpoint = createTokenEndpoint({
      table,
      audit: { table: auditTable, log: silentLog },
      issuer: 'https://gateway.example.com',
      audience: 'firefly-gateway-test',
      readSigningKey: async () => createSigningKey(table.clock.now()),
      lifetimeSeconds: 86_400,
      log: silentLog,
      recordMetric: () => {},
    });
    await tryMany(25_000, async () => {
      const event = buildEvent(choose);
      const { statusCode, body } = await endpoint(event);
      // The keys are public: only their path answers with anything but an error.
      expect.soft(Math.floor(Number(statusCode) / 100), JSON.stringify(event)).toBe(4);
      expect(JSON.parse(body ?? '')).toMatchObject({ error: expect.any(String) });
    });
  },
);
