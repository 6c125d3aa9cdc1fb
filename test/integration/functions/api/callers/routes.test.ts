import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { findSecret } from '#shared/callers/caller-secret.ts';
import { getCaller, recordSecretUse } from '#shared/callers/caller-store.ts';
import { startApi, type TestApi } from '../fixture.ts';
import type { TestRequest } from '../http-event.ts';

let api: TestApi;
let elsewhere: TestApi;
beforeAll(async () => {
  api = await startApi({ settings: { operators: 'everybody' } });
  elsewhere = await startApi({ settings: { operators: ['root'] } });
});
afterAll(() => Promise.all([api.close(), elsewhere.close()]));

const send = (method: string, path: string, body?: unknown, at = api) =>
  at.call({ caller: 'root', method, path, body } satisfies TestRequest);

const add = async (body: unknown = { name: 'campaigns' }) => {
  const { statusCode, json, headers } = await send('POST', '/callers', body);
  expect({ statusCode, cache: headers['cache-control'] }).toEqual({ statusCode: 201, cache: 'no-store' });
  return json as { callerId: string; secretId: string; clientSecret: string };
};

const entriesOf = async (caller: string) => {
  const { json } = await api.call({ caller: 'root', path: '/audit', query: { limit: '100' } });
  const { entries } = json as { entries: { action: string; outcome: string; object: Record<string, string> }[] };
  return entries.filter(({ object }) => object['caller'] === caller);
};

describe('callers by the API', () => {
  it('get a secret that is shown once and is theirs', async () => {
    const { callerId, secretId, clientSecret } = await add();
    const caller = await getCaller(api.context.callers, callerId);
    expect(findSecret(caller, clientSecret)).toBe(secretId);
    const shown = await send('GET', `/callers/${callerId}`);
    expect(shown.json).toMatchObject({ name: 'campaigns', operator: false, disabled: false, secrets: [{ secretId }] });
    const list = await send('GET', '/callers');
    for (const { body } of [shown, list]) {
      expect(body).not.toContain(clientSecret);
      expect(body).not.toContain(caller?.secrets[0]?.hash);
    }
    expect(JSON.stringify([api.recorded.logs, await entriesOf(callerId)])).not.toContain(clientSecret);
  });

  it('are listed as each is shown, however many there are with as many reads', async () => {
    const { callers: table } = api.context;
    const { callerId, secretId } = await add();
    await send('PUT', `/callers/${callerId}`, { policy: { requestsPerDay: 7 } });
    await recordSecretUse(table, callerId, secretId);
    const countReads = async () => {
      const reads = vi.spyOn(table.dynamoDb, 'send');
      const { json } = await send('GET', '/callers');
      const count = reads.mock.calls.filter(
        ([, input]) => 'TableName' in input && input.TableName === table.tableName,
      ).length;
      reads.mockRestore();
      return { json, count };
    };
    const before = await countReads();
    const shown = await send('GET', `/callers/${callerId}`);
    expect(shown.json).toMatchObject({
      policy: { requestsPerDay: 7 },
      secrets: [{ lastUsedHour: expect.any(String) }],
    });
    expect(before.json['callers']).toContainEqual(shown.json);
    for (let made = 0; made < 5; made += 1) await add();
    expect((await countReads()).count).toBe(before.count);
  });

  it('change from one secret to another, and hold two at most', async () => {
    const { callerId, secretId } = await add();
    const second = await send('POST', `/callers/${callerId}/secrets`);
    expect(second).toMatchObject({ statusCode: 201, json: { callerId, clientSecret: expect.any(String) } });
    expect(await send('POST', `/callers/${callerId}/secrets`)).toMatchObject({ statusCode: 409 });
    expect(await send('DELETE', `/callers/${callerId}/secrets/${secretId}`)).toMatchObject({ statusCode: 204 });
    expect(await send('DELETE', `/callers/${callerId}/secrets/${secretId}`)).toMatchObject({ statusCode: 404 });
    const { json } = await send('GET', `/callers/${callerId}`);
    expect(json).toMatchObject({ secrets: [{ secretId: second.json['secretId'] }] });
  });

  it('are changed, shut out, limited and removed, and each change is in the audit trail', async () => {
    const { callerId } = await add({ name: 'catalogue', operator: true });
    const path = `/callers/${callerId}`;
    const changes = { name: 'shop', operator: false, disabled: true, policy: { requestsPerDay: 10 } };
    expect(await send('PUT', path, changes)).toMatchObject({ statusCode: 200, json: { callerId, ...changes } });
    expect((await send('PUT', path, { disabled: false, policy: {} })).json).toMatchObject({ disabled: false });
    expect((await send('GET', path)).json).not.toHaveProperty('policy');
    expect(await send('DELETE', path)).toMatchObject({ statusCode: 204 });
    expect(await send('DELETE', path)).toMatchObject({ statusCode: 404 });
    const done = (await entriesOf(callerId)).filter(({ outcome }) => outcome !== 'begun');
    expect(done.map(({ action, outcome }) => `${action} ${outcome}`).sort()).toEqual([
      'caller changed done',
      'caller disabled done',
      'caller enabled done',
      'caller made done',
      'caller removed done',
      'caller removed unchanged',
      'policy changed done',
      'policy changed done',
    ]);
  });

  it('are not made or given a secret without an entry, and shut out all the same', async () => {
    const { callerId } = await add();
    const { table } = api.context.audit;
    table.tableName = 'gone';
    const answers = [
      await send('POST', '/callers', { name: 'unseen' }),
      await send('POST', `/callers/${callerId}/secrets`),
      await send('PUT', `/callers/${callerId}`, { operator: true }),
      await send('PUT', `/callers/${callerId}`, { disabled: true }),
    ];
    table.tableName = 'audit';
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([503, 503, 503, 200]);
    const { json, body } = await send('GET', '/callers');
    expect(body).not.toContain('unseen');
    expect(json['callers']).toContainEqual(expect.objectContaining({ callerId, operator: false, disabled: true }));
  });

  it.each<[string, string, unknown, number]>([
    ['POST', '/callers', { name: '' }, 422],
    ['POST', '/callers', { name: 'x', secret: 'y' }, 422],
    ['PUT', `/callers/fgw_${'0'.repeat(24)}`, { name: 'x' }, 404],
    ['PUT', '/callers/fgw_1', { policy: { unheardOf: 1 } }, 422],
    ['GET', '/callers/%20', undefined, 404],
    ['POST', '/callers/nobody/secrets', undefined, 404],
  ])('refuse %s %s %j', async (method, path, body, status) => {
    expect((await send(method, path, body)).statusCode).toBe(status);
  });
});

describe('callers of IAM or an identity provider', () => {
  const path = `/callers/${encodeURIComponent('123456789012/campaigns')}`;

  it('have policies here', async () => {
    const at = elsewhere;
    expect(await send('GET', path, undefined, at)).toMatchObject({ statusCode: 404 });
    const policy = { maxPriority: 'normal' };
    expect(await send('PUT', path, { policy }, at)).toMatchObject({ statusCode: 200, json: { policy } });
    const callers = [{ callerId: '123456789012/campaigns', policy }];
    expect((await send('GET', '/callers', undefined, at)).json).toEqual({ callers });
    expect(await send('DELETE', path, undefined, at)).toMatchObject({ statusCode: 204 });
  });

  it('are not made, disabled or given secrets here', async () => {
    const refused = [
      await send('POST', '/callers', { name: 'x' }, elsewhere),
      await send('PUT', path, { disabled: true }, elsewhere),
      await send('POST', `${path}/secrets`, undefined, elsewhere),
      await send('DELETE', `${path}/secrets/1`, undefined, elsewhere),
    ];
    expect(refused.map(({ json }) => json['error_code'])).toEqual(Array(4).fill('callers_kept_elsewhere'));
  });
});
