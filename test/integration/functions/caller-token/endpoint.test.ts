import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTokenEndpoint } from '#functions/caller-token/endpoint.ts';
import { listEntries } from '#shared/audit/list-entries.ts';
import type { Table } from '#shared/aws/table.ts';
import type { CallerWithSecret } from '#shared/callers/caller-store.ts';
import { createCaller, readSecretUse, setDisabled } from '#shared/callers/caller-store.ts';
import { createSigningKey } from '#shared/callers/signing-key.ts';
import { getVerificationKey, type SigningKey, verifyCallerToken } from '#shared/callers/token.ts';
import { createKeyFinder, publishKey } from '#shared/callers/verification-keys.ts';
import type { ManualClock } from '#test/fixtures/manual-clock.ts';
import { type Observed, observe } from '#test/fixtures/observed.ts';
import { inTier } from '#test/fixtures/tier.ts';
import { tokenEvent as event } from '#test/fixtures/token-event.ts';
import { useCallerTable } from '#test/fixtures/use-caller-table.ts';

const audience = { issuer: 'https://gateway.example.com', audience: 'firefly-gateway-test' };

let table: Table;
let clock: ManualClock;
let observed: Observed;
let auditTable: Table;
let known: CallerWithSecret;
let key: SigningKey | undefined;
let endpoint: ReturnType<typeof createTokenEndpoint>;

useCallerTable(async (fresh) => {
  ({ table, clock } = fresh);
  auditTable = fresh.auditTable;
  observed = observe();
  key = createSigningKey(clock.now());
  await publishKey(table, getVerificationKey(key));
  known = await createCaller(table, { name: 'campaigns', operator: false });
  endpoint = createTokenEndpoint({
    ...audience,
    table,
    audit: { table: fresh.auditTable, log: observed.log },
    readSigningKey: async () => key,
    lifetimeSeconds: 86_400,
    ...observed,
  });
});

const grant = (changes: Record<string, string | undefined> = {}) => {
  const fields = {
    grant_type: 'client_credentials',
    client_id: known.caller.callerId,
    client_secret: known.secret.value,
    scope: 'openid,AdobeID,firefly_api,ff_apis',
    ...changes,
  };
  return new URLSearchParams(
    Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined),
  ).toString();
};

const send = async (sent: APIGatewayProxyEventV2) => {
  const { statusCode, headers, body } = await endpoint(sent);
  return { status: statusCode, headers, body: JSON.parse(body ?? '') };
};

const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
});

describe('the token endpoint', () => {
  it.each<[string, () => Partial<APIGatewayProxyEventV2>]>([
    ['a form, as curl sends it', () => ({ body: grant() })],
    ['a form with spaces between scopes', () => ({ body: grant({ scope: 'openid AdobeID firefly_api' }) })],
    ['the query', () => ({ rawQueryString: grant(), headers: {} })],
    ['a base64 body', () => ({ body: Buffer.from(grant()).toString('base64'), isBase64Encoded: true })],
    [
      'HTTP Basic and the path of OAuth libraries',
      () => ({
        rawPath: '/oauth2/token',
        body: 'grant_type=client_credentials',
        headers: basic(known.caller.callerId, known.secret.value),
      }),
    ],
  ])('issues a token for %s', async (_, make) => {
    const { status, headers, body } = await send(event(make()));
    expect({ status, ...body }).toEqual({
      status: 200,
      access_token: expect.any(String),
      token_type: 'bearer',
      expires_in: 86_399,
    });
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-debug-id': expect.any(String) });
    const verified = verifyCallerToken(body.access_token, { ...audience, clock, findKey: createKeyFinder(table) });
    expect(await verified).toMatchObject({ callerId: known.caller.callerId, secretId: known.secret.stored.secretId });
  });

  it.each<[string, () => Record<string, string | undefined>, string, string]>([
    ['no grant_type', () => ({ grant_type: undefined }), 'invalid_request', 'grant_type parameter is missing'],
    ['another grant_type', () => ({ grant_type: 'password' }), 'unsupported_grant_type', 'client_credentials'],
    ['no client_id', () => ({ client_id: undefined }), 'invalid_request', 'client_id parameter is missing'],
    ['no client_secret', () => ({ client_secret: '' }), 'invalid_request', 'client_secret parameter is missing'],
    ['an unknown id', () => ({ client_id: `fgw_${'0'.repeat(24)}` }), 'invalid_client', 'invalid client_id parameter'],
    ['no id at all', () => ({ client_id: 'callers#x' }), 'invalid_client', 'invalid client_id parameter'],
    ['a wrong secret', () => ({ client_secret: 'wrong' }), 'invalid_client', 'invalid client_secret parameter'],
    ['a field without end', () => ({ scope: 'x'.repeat(3_000) }), 'invalid_request', 'scope parameter is too long'],
  ])('refuses %s in the words of IMS', async (_, changes, error, description) => {
    const { status, body } = await send(event({ body: grant(changes()) }));
    expect({ status, error: body.error }).toEqual({ status: 400, error });
    expect(body.error_description).toContain(description);
  });

  it('refuses a caller that is disabled', async () => {
    await setDisabled(table, known.caller.callerId, true);
    expect(await send(event({ body: grant() }))).toMatchObject({ status: 400, body: { error: 'unauthorized_client' } });
  });

  it('writes refusals into the audit trail, one an hour for each caller and reason, and for all made-up ids together', async () => {
    const list = () =>
      listEntries(auditTable, { from: '2000', to: new Date(clock.now() + 1).toISOString(), limit: 100 });
    const guess = (id = known.caller.callerId) =>
      send(event({ body: grant({ client_id: id, client_secret: 'guess' }) }));
    await guess(`fgw_${'0'.repeat(24)}`);
    await guess('callers#x');
    expect((await list()).entries).toMatchObject([{ actor: 'unknown', code: 'invalid_client' }]);
    await guess();
    await guess();
    await setDisabled(table, known.caller.callerId, true);
    await send(event({ body: grant() }));
    clock.advance(3_600_000);
    await guess();
    const entries = (await list()).entries.filter(({ actor }) => actor !== 'unknown');
    expect(entries.map(({ at, code }) => [at.slice(11, 16), code]).sort()).toEqual([
      ['12:00', 'invalid_client'],
      ['12:00', 'unauthorized_client'],
      ['13:00', 'invalid_client'],
    ]);
    expect(new Set(entries.map(({ actor, outcome }) => `${actor} ${outcome}`))).toEqual(
      new Set([`${known.caller.callerId} refused`]),
    );
    expect(JSON.stringify(entries)).not.toContain('guess');
  });

  it.each([
    ['JSON', { body: '{}', headers: { 'content-type': 'application/json' } }, 400],
    ['too large a body', { body: 'a='.padEnd(20_000, 'x') }, 400],
    ['a malformed Basic header', { body: 'grant_type=client_credentials', headers: basic('', 'x') }, 400],
    ['GET', { method: 'GET' }, 405],
    ['another path', { rawPath: '/ims/token/v4' }, 404],
  ])('refuses %s', async (_, changes, status) => {
    expect(await send(event(changes))).toMatchObject({ status, body: { error: expect.any(String) } });
  });

  it('lets guessers wait ever longer, and the caller from elsewhere only for seconds', async () => {
    const guess = () => send(event({ body: grant({ client_secret: 'guess' }) }));
    for (let attempt = 0; attempt < 7; attempt += 1) await guess();
    const { status, headers } = await guess();
    expect({ status, retryAfter: headers?.['retry-after'] }).toEqual({ status: 429, retryAfter: '2' });
    expect(observed.metrics.filter((name) => name === 'CallerTokensRefused')).toHaveLength(6);
    clock.advance(30_000);
    expect(await send(event({ body: grant(), sourceIp: '203.0.113.1' }))).toMatchObject({ status: 200 });
  });

  it('says to come back while there is no key yet', async () => {
    key = undefined;
    const { status, headers } = await send(event({ body: grant() }));
    expect({ status, retryAfter: headers?.['retry-after'] }).toEqual({ status: 503, retryAfter: '60' });
  });

  it('notes the use of the secret', async () => {
    await send(event({ body: grant() }));
    expect(await readSecretUse(table, known.caller.callerId)).toEqual({
      [known.secret.stored.secretId]: '2026-01-15T12:00:00.000Z',
    });
  });

  it('publishes its keys and where everything is', async () => {
    const metadata = await send(event({ method: 'GET', rawPath: '/.well-known/oauth-authorization-server' }));
    expect(metadata.body).toMatchObject({
      issuer: audience.issuer,
      token_endpoint: 'https://gateway.example.com/ims/token/v3',
      jwks_uri: 'https://gateway.example.com/.well-known/jwks.json',
    });
    const { body } = await send(event({ method: 'GET', rawPath: '/.well-known/jwks.json' }));
    expect(body.keys).toEqual([
      { kty: 'OKP', crv: 'Ed25519', x: expect.any(String), kid: key?.kid, alg: 'EdDSA', use: 'sig' },
    ]);
  });

  it('logs neither secret nor token', async () => {
    const { body } = await send(event({ body: grant() }));
    await send(event({ body: grant({ client_secret: `${known.secret.value}x` }) }));
    const logged = JSON.stringify(observed.lines);
    expect(logged).not.toContain(known.secret.value);
    expect(logged).not.toContain(body.access_token);
  });

  it('answers 4xx to whatever is sent', async () => {
    const field = fc.oneof(fc.constantFrom('grant_type', 'client_id', 'client_secret', 'scope'), fc.string());
    const value = fc.oneof(
      fc.constantFrom('client_credentials', known.caller.callerId, ''),
      fc.string({ unit: 'binary' }),
    );
    const text = fc.oneof(
      fc.array(fc.tuple(field, value)).map((fields) => new URLSearchParams(fields).toString()),
      fc.string({ unit: 'binary' }),
      fc.base64String(),
    );
    const header = fc.record({
      'content-type': fc.oneof(fc.constant('application/x-www-form-urlencoded'), fc.string()),
      authorization: fc.oneof(
        fc.base64String().map((credentials) => `Basic ${credentials}`),
        fc.string(),
      ),
    });
    await fc.assert(
      fc.asyncProperty(text, text, header, fc.boolean(), async (body, rawQueryString, headers, isBase64Encoded) => {
        const { status } = await send(
          event({ body, rawQueryString, headers, isBase64Encoded, sourceIp: '203.0.113.9' }),
        );
        expect(status).toBeGreaterThanOrEqual(400);
        expect(status).toBeLessThan(500);
      }),
      { numRuns: inTier(20, 100) },
    );
  });
});

describe('while AWS fails', () => {
  it.each([
    ['cannot be reached', { code: 'ECONNREFUSED' }, 503],
    ['does not answer in time', { name: 'TimeoutError' }, 503],
    ['has no capacity', { name: 'ProvisionedThroughputExceededException' }, 503],
    ['refuses the function', { name: 'AccessDeniedException' }, 500],
  ])('says whether it helps to ask again: AWS %s', async (_, failure, status) => {
    const fail = async () => {
      throw Object.assign(new Error('words about a secret'), failure);
    };
    table.dynamoDb = { ...table.dynamoDb, send: fail };
    const answer = await send(event({ body: grant() }));
    expect(answer).toMatchObject({
      status,
      body: { error: status === 503 ? 'temporarily_unavailable' : 'server_error' },
    });
    expect(answer.headers?.['retry-after']).toBe(status === 503 ? '5' : undefined);
    expect(JSON.stringify([answer, observed])).not.toContain('words about');
  });
});
