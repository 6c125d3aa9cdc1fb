import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { simulatedCredentials } from '#local/simulator/credentials.ts';
import { type Simulator, startSimulator } from '#local/simulator/simulator.ts';
import { clientOf, secretsPath } from './client.ts';

describe('control API', () => {
  let simulator: Simulator;
  let client: ReturnType<typeof clientOf>;
  beforeEach(async () => {
    simulator = await startSimulator();
    client = clientOf(simulator);
  });
  afterEach(() => simulator.close());

  const call = (method: string, path: string, body?: unknown) =>
    fetch(`${simulator.url}/_simulator/${path}`, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });

  it('switches faults on and off', async () => {
    const added = await call('POST', 'faults', [
      { fault: 'unavailable', service: 'ims' },
      { fault: 'job', outcome: 'failed' },
    ]);
    expect([added.status, await added.json()]).toEqual([201, { ids: [expect.any(String), expect.any(String)] }]);
    expect((await client.mint()).status).toBe(503);
    expect(await (await call('GET', 'faults')).json()).toMatchObject([
      { fault: { fault: 'unavailable' }, seen: 1 },
      { seen: 0 },
    ]);
    expect((await call('DELETE', 'faults')).status).toBe(204);
    expect((await client.mint()).status).toBe(200);
  });

  it('ends all tokens', async () => {
    const headers = await client.authorized();
    await call('POST', 'faults', { fault: 'expire_tokens' });
    expect((await client.generate({ prompt: 'x' }, headers)).status).toBe(401);
  });

  it('changes settings', async () => {
    expect(await (await call('PATCH', 'settings', { expiresInUnit: 'milliseconds' })).json()).toMatchObject({
      expiresInUnit: 'milliseconds',
      requestsPerMinute: 4,
    });
    expect(await (await client.mint()).json()).toMatchObject({ expires_in: 86_399_999 });
  });

  it.each([
    ['faults', { fault: 'nonsense' }],
    ['faults', { fault: 'latency' }],
    ['faults', { fault: 'unavailable', tims: 1 }],
  ])('refuses an impossible definition under %s: %j', async (path, body) => {
    const response = await call('POST', path, body);
    expect([response.status, await response.json()]).toEqual([400, { message: expect.any(String) }]);
    expect(simulator.faults.active()).toEqual([]);
  });

  it('shows requests and jobs, without tokens and secrets', async () => {
    await client.generate({ prompt: 'a cat', seeds: [3] });
    await client.secrets('POST');
    const text = await (await call('GET', 'requests')).text();
    expect(JSON.parse(text)).toMatchObject([
      { service: 'ims', method: 'POST', path: '/ims/token/v3', status: 200, arrivedAt: expect.any(Number) },
      { service: 'firefly', path: '/v3/images/generate-async', status: 202, authorization: true },
      { service: 'ims' },
      { service: 'io-management', method: 'POST', path: secretsPath, status: 201 },
    ]);
    for (const secret of [
      simulatedCredentials.clientSecret,
      ...simulator.console.secrets().map(({ value }) => value),
      'Bearer',
    ]) {
      expect(text).not.toContain(secret);
    }
    expect(await (await call('GET', 'jobs')).json()).toMatchObject([
      { jobId: expect.stringContaining('urn:'), status: 'pending', request: { prompt: 'a cat' }, seeds: [3] },
    ]);
  });

  it('names what it has when asked for something else', async () => {
    const response = await call('GET', 'nonsense');
    expect(response.status).toBe(404);
    expect(await response.text()).toContain('POST faults');
  });

  it('closes at once, requests under way included', async () => {
    simulator.faults.add({ fault: 'latency', ms: 60_000 });
    const hanging = client.mint();
    const failed = expect(hanging).rejects.toThrow();
    await expect.poll(() => simulator.requests().length).toBe(1);
    await simulator.close();
    await failed;
  });
});
