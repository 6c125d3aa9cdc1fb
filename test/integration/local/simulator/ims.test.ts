import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { simulatedCredentials } from '#local/simulator/credentials.ts';
import { type Simulator, startSimulator } from '#local/simulator/simulator.ts';
import { generationScopes } from '#shared/adobe/auth/scopes.ts';
import { clientOf } from './client.ts';
import { createTestClock } from './clock.ts';

describe('IMS', () => {
  const clock = createTestClock();
  let simulator: Simulator;
  let client: ReturnType<typeof clientOf>;
  beforeEach(async () => {
    simulator = await startSimulator({ clock });
    client = clientOf(simulator);
  });
  afterEach(() => simulator.close());

  it('answers with a bearer token, its lifetime in seconds and a debug id', async () => {
    const response = await client.mint();
    expect(response.status).toBe(200);
    expect(response.headers.get('x-debug-id')).toBeTruthy();
    expect(response.headers.get('date')).toBe(new Date(clock.now()).toUTCString());
    expect(await response.json()).toEqual({
      access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      token_type: 'bearer',
      expires_in: 86_399,
    });
  });

  it("writes Adobe's claims into the token, times as decimal strings in ms", async () => {
    const payload = (await client.token()).split('.')[1] ?? '';
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, string>;
    expect(claims).toMatchObject({
      type: 'access_token',
      as: 'ims-na1',
      client_id: simulatedCredentials.clientId,
      scope: generationScopes.join(','),
      created_at: String(clock.now()),
      expires_in: '86400000',
      user_id: expect.stringMatching(/@techacct\.adobe\.com$/),
    });
    expect(claims).not.toHaveProperty('exp');
  });

  it('answers the lifetime in milliseconds when switched to', async () => {
    simulator.settings.expiresInUnit = 'milliseconds';
    expect(await (await client.mint()).json()).toMatchObject({ expires_in: 86_399_999 });
  });

  it.each([
    [{ client_id: 'other' }, 'invalid_client', 'invalid client_id parameter'],
    [{ client_secret: 'other' }, 'invalid_client', 'invalid client_secret parameter'],
    [{ grant_type: 'password' }, 'unsupported_grant_type', 'only client_credentials is supported'],
    [{ grant_type: undefined }, 'invalid_request', 'grant_type parameter is missing'],
    [{ client_id: undefined }, 'invalid_request', 'client_id parameter is missing'],
    [{ client_secret: undefined }, 'invalid_request', 'client_secret parameter is missing'],
    [{ scope: undefined }, 'invalid_request', 'scope parameter is missing'],
    [{ scope: 'openid,creative_cloud' }, 'invalid_scope', 'scope not available to this client: creative_cloud'],
  ])('refuses %j', async (fields, error, description) => {
    const response = await client.mint(fields);
    expect(response.status).toBe(400);
    expect(response.headers.get('x-debug-id')).toBeTruthy();
    expect(await response.json()).toEqual({ error, error_description: description });
  });

  it('refuses a JSON body, whose fields it does not see', async () => {
    const body = JSON.stringify({ grant_type: 'client_credentials' });
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${simulator.url}/ims/token/v3`, { method: 'POST', headers, body });
    expect(await response.json()).toMatchObject({ error: 'invalid_request' });
  });

  it('throttles with Retry-After when switched to', async () => {
    simulator.settings.tokensPerMinute = 1;
    expect((await client.mint()).status).toBe(200);
    clock.advance(20_000);
    const refused = await client.mint();
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '40']);
    clock.advance(40_000);
    expect((await client.mint()).status).toBe(200);
  });

  it('notes the last use of the secret that was used, and of no other', async () => {
    const added = simulator.console.add();
    await client.mint({ client_secret: added?.value });
    expect(simulator.console.secrets().map((secret) => secret.lastUsedAt)).toEqual([null, clock.now()]);
  });

  it('keeps another process able to accept the token', async () => {
    const other = await startSimulator({ clock, requestsPerMinute: 100 });
    try {
      const response = await fetch(`${other.url}/v3/status/none`, { headers: await client.authorized() });
      expect(response.status).toBe(422);
    } finally {
      await other.close();
    }
  });
});
