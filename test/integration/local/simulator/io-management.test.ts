import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { simulatedCredentials } from '#local/simulator/credentials.ts';
import { type Simulator, startSimulator } from '#local/simulator/simulator.ts';
import { clientOf, jsonOf } from './client.ts';
import { createTestClock } from './clock.ts';

interface Listed {
  client_id: string;
  client_secrets: { uuid: string; created_at: string; secret_usages: { last_used_at: string }[] | null }[];
}
interface Added {
  uuid: string;
  client_secret: string;
  created_at: string;
}

const first = simulatedCredentials.secretUuid;

describe('I/O Management API', () => {
  const clock = createTestClock(Date.UTC(2023, 3, 25, 18, 48, 5));
  let simulator: Simulator;
  let client: ReturnType<typeof clientOf>;
  beforeEach(async () => {
    simulator = await startSimulator({ clock });
    client = clientOf(simulator);
  });
  afterEach(() => simulator.close());

  const list = async () => jsonOf<Listed>(await client.secrets('GET'));

  it('adds a secret and returns its value once', async () => {
    const response = await client.secrets('POST');
    expect(response.status).toBe(201);
    const added = await jsonOf<Added>(response);
    expect(added).toEqual({
      uuid: expect.any(String),
      client_secret: expect.any(String),
      created_at: String(clock.now()),
      created_at_str: new Date(clock.now())
        .toUTCString()
        .replace(/^(\w+), (\d+) (\w+) (\d+) (\S+) GMT$/, '$1, $3 $2 $4 $5.000 UTC'),
      expires_at: 'PERMANENT',
      expires_at_str: 'PERMANENT',
      secret_usages: null,
    });
    const text = JSON.stringify(await list());
    expect(text).toContain(added.uuid);
    expect(text).not.toContain(added.client_secret);
  });

  it('lists uses as IMS sees them, null before the first', async () => {
    const added = await jsonOf<Added>(await client.secrets('POST'));
    const before = await list();
    expect(before.client_id).toBe(simulatedCredentials.clientId);
    expect(before.client_secrets.map(({ secret_usages }) => secret_usages)).toEqual([
      [{ last_used_at: String(clock.now()), grant_type: 'client_credentials' }],
      null,
    ]);
    clock.advance(5000);
    await client.mint({ client_secret: added.client_secret });
    const after = await list();
    expect(after.client_secrets[1]?.secret_usages?.[0]?.last_used_at).toBe(String(clock.now()));
  });

  it('refuses a third secret', async () => {
    await client.secrets('POST');
    const refused = await client.secrets('POST');
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ error_code: 'bad_request' });
    expect(simulator.console.secrets()).toHaveLength(2);
  });

  it('deletes for good, and IMS refuses the deleted secret', async () => {
    const added = await jsonOf<Added>(await client.secrets('POST'));
    expect((await client.secrets('DELETE', added.uuid)).status).toBe(204);
    expect(await (await client.mint({ client_secret: added.client_secret })).json()).toMatchObject({
      error_description: 'invalid client_secret parameter',
    });
    expect((await client.secrets('DELETE', added.uuid)).status).toBe(404);
  });

  it('refuses to delete the last secret', async () => {
    expect((await client.secrets('DELETE', first)).status).toBe(400);
    expect((await client.mint()).status).toBe(200);
  });

  it('answers 200 to both when switched to', async () => {
    simulator.settings.secretStatuses = 'internal-spec';
    const response = await client.secrets('POST');
    const { uuid } = await jsonOf<Added>(response);
    expect([response.status, (await client.secrets('DELETE', uuid)).status]).toEqual([200, 200]);
  });

  it('lets IMS accept a new secret only after the propagation delay', async () => {
    simulator.settings.secretPropagationMs = 20_000;
    const { client_secret } = await jsonOf<Added>(await client.secrets('POST'));
    expect((await client.mint({ client_secret })).status).toBe(400);
    clock.advance(20_000);
    expect((await client.mint({ client_secret })).status).toBe(200);
  });

  it('loses the answer after the secret was made', async () => {
    simulator.faults.add({ fault: 'drop', effect: 'done', service: 'io-management', method: 'POST', times: 1 });
    await expect(client.secrets('POST')).rejects.toThrow();
    expect((await list()).client_secrets).toHaveLength(2);
    expect((await client.secrets('POST')).status).toBe(400);
  });

  it('answers 5xx without doing anything when switched to', async () => {
    simulator.faults.add({ fault: 'server_error', service: 'io-management', times: 1 });
    expect((await client.secrets('POST')).status).toBe(500);
    expect(simulator.console.secrets()).toHaveLength(1);
  });

  it('lets tokens outlive their secret, unless switched to end with it', async () => {
    const add = async () => jsonOf<Added>(await client.secrets('POST'));
    const statusWithTokenOf = async (secret: Added) => {
      const token = await client.token({
        client_secret: secret.client_secret,
        scope: 'adobeio_api,read_client_secret',
      });
      await client.secrets('DELETE', secret.uuid);
      return (await client.secrets('GET', '', { authorization: `Bearer ${token}` })).status;
    };
    expect(await statusWithTokenOf(await add())).toBe(200);
    simulator.settings.revokeTokensWithSecret = true;
    expect(await statusWithTokenOf(await add())).toBe(401);
  });

  it('shows secrets that a console user added, and misses those that they deleted', async () => {
    const added = simulator.console.add();
    expect((await list()).client_secrets.map(({ uuid }) => uuid)).toEqual([first, added?.uuid]);
    expect(simulator.console.add()).toBeUndefined();
    expect(simulator.console.delete(added?.uuid ?? '')).toBe(true);
    expect((await list()).client_secrets.map(({ uuid }) => uuid)).toEqual([first]);
  });

  it.each([
    [{ 'x-api-key': '' }, 403, '403000'],
    [{ 'x-api-key': 'other' }, 403, '403003'],
    [{ authorization: '' }, 403, '403010'],
    [{ authorization: 'Bearer a.b.c' }, 401, '401013'],
  ])('refuses the headers %j as the edge gateway does', async (headers, status, code) => {
    const response = await client.secrets('GET', '', headers);
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ error_code: code, message: expect.any(String) });
  });

  it('refuses a token without the management scopes', async () => {
    const { authorization = '' } = await client.authorized();
    const response = await client.secrets('GET', '', { authorization });
    expect([response.status, await response.json()]).toEqual([
      403,
      { error_code: '403011', message: 'Scope mismatch' },
    ]);
  });

  it('refuses to add with a token that may only read', async () => {
    const token = await client.token({ scope: 'adobeio_api,read_client_secret' });
    const headers = { authorization: `Bearer ${token}` };
    expect((await client.secrets('GET', '', headers)).status).toBe(200);
    expect((await client.secrets('POST', '', headers)).status).toBe(403);
  });

  it('knows no other credential', async () => {
    const headers = { ...(await client.authorized()), authorization: `Bearer ${await client.managementToken()}` };
    const address = `${simulator.url}/console/organizations/23294/credentials/999/secrets`;
    expect((await fetch(address, { headers })).status).toBe(404);
  });
});
