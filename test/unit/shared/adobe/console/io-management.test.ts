import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createIoManagementClient } from '#shared/adobe/console/io-management.ts';
import { IoManagementError } from '#shared/adobe/console/io-management-error.ts';
import { type FakeAdobe, type ScriptedAnswer, startFakeAdobe } from '#test/fixtures/fake-adobe.ts';

type Call = 'list' | 'add' | 'delete';

const path = '/console/organizations/23294/credentials/112233/secrets';
const routes = { list: ['GET', path], add: ['POST', path], delete: ['DELETE', `${path}/uuid%2F1`] } as const;

let adobe: FakeAdobe;
beforeAll(async () => {
  adobe = await startFakeAdobe();
  // Node loads its fetch with the first request, which may take longer than these may.
  await fetch('data:,');
});
afterAll(() => adobe.close());

const ask = async (call: Call, answer: ScriptedAnswer) => {
  const [method, route] = routes[call];
  adobe.script(method, route, answer);
  const before = adobe.seen.length;
  const client = createIoManagementClient({
    baseUrl: adobe.url,
    orgId: '23294',
    credentialId: '112233',
    clientId: 'client',
    accessToken: 'management-token',
    timeoutMs: 300,
  });
  const outcome: unknown = await (call === 'delete' ? client.delete('uuid/1') : client[call]()).catch(
    (error: unknown) => error,
  );
  return { outcome, requests: adobe.seen.slice(before) };
};

const added = { uuid: 'u3', client_secret: 'value', created_at: '1683005777000', secret_usages: null };

describe('the client secrets of a credential', () => {
  it('are listed with their times and the time at Adobe', async () => {
    const body = {
      client_id: 'client',
      client_secrets: [
        { uuid: 'u1', created_at: '1682448485000', expires_at: 'PERMANENT', secret_usages: null },
        {
          uuid: 'u2',
          created_at: '1683005777000',
          secret_usages: [{ last_used_at: '1683162010101' }, { last_used_at: '1683162010102' }],
        },
      ],
    };
    const date = 'Tue, 25 Apr 2023 18:48:05 GMT';
    const { outcome, requests } = await ask('list', { status: 200, body, headers: { date } });
    expect(outcome).toEqual({
      clientId: 'client',
      secrets: [
        { uuid: 'u1', createdAt: 1_682_448_485_000 },
        { uuid: 'u2', createdAt: 1_683_005_777_000, lastUsedAt: 1_683_162_010_102 },
      ],
      date: Date.parse(date),
    });
    expect(requests).toMatchObject([
      { method: 'GET', path, headers: { authorization: 'Bearer management-token', 'x-api-key': 'client' } },
    ]);
  });

  it.each([201, 200])('grow by one, whose value is told once (%i)', async (status) => {
    const { outcome, requests } = await ask('add', { status, body: added });
    expect(outcome).toEqual({ uuid: 'u3', clientSecret: 'value', createdAt: 1_683_005_777_000 });
    expect(requests).toMatchObject([{ method: 'POST', path, body: '' }]);
  });

  it.each([
    [204, true],
    [200, true],
    [404, false],
  ])('are deleted by uuid (%i)', async (status, existed) => {
    const { outcome, requests } = await ask('delete', { status });
    expect(outcome).toBe(existed);
    expect(requests).toMatchObject([{ method: 'DELETE', path: `${path}/uuid%2F1` }]);
  });
});

describe('a call that failed', () => {
  it.each<[Call, ScriptedAnswer, Partial<IoManagementError>]>([
    ['list', { status: 401, body: { error_code: '401013' } }, { kind: 'unauthorized', code: '401013' }],
    ['list', { status: 403, body: { error_code: '403011' } }, { kind: 'forbidden', code: '403011' }],
    ['list', { status: 404 }, { kind: 'not_found', outcomeUnknown: false }],
    ['list', { status: 200, body: { client_secrets: [] } }, { kind: 'answer_not_understood' }],
    ['add', { status: 400, body: { error_code: 'limit' } }, { kind: 'refused', outcomeUnknown: false }],
    ['add', { status: 429, headers: { 'retry-after': '3' } }, { retryAfterMs: 3_000, outcomeUnknown: false }],
    ['add', { status: 503 }, { kind: 'transient', outcomeUnknown: true }],
    ['add', { status: 201, body: { uuid: 'u3' } }, { kind: 'answer_not_understood', outcomeUnknown: true }],
    ['add', { status: 503, headers: { 'x-request-id': 'r1' } }, { code: 'http_503', status: 503, requestId: 'r1' }],
    ['add', { status: 201, body: {}, headers: { 'x-debug-id': 'd1' } }, { status: 201, requestId: 'd1' }],
    ['add', { fault: 'reset' }, { kind: 'no_answer', outcomeUnknown: true }],
    ['add', { fault: 'silence' }, { kind: 'no_answer', outcomeUnknown: true }],
    ['add', { fault: 'stall' }, { kind: 'no_answer', outcomeUnknown: true }],
    ['delete', { status: 500 }, { kind: 'transient', outcomeUnknown: true }],
  ])('(%s, %j) tells what it means and is not repeated', async (call, answer, expected) => {
    const { outcome, requests } = await ask(call, answer);
    expect(outcome).toBeInstanceOf(IoManagementError);
    expect(outcome).toMatchObject(expected);
    expect(requests).toHaveLength(1);
  });

  it('never tells the value of a secret that Adobe described in another way', async () => {
    const { outcome } = await ask('add', { status: 201, body: { client_secret: 'value-told-once' } });
    expect(JSON.stringify(outcome) + String(outcome)).not.toContain('value-told-once');
  });
});
