import { PassThrough } from 'node:stream';
import { afterAll, describe, expect, vi } from 'vitest';
import { runCallers } from '#infra/callers/run.ts';
import type { Stack } from '#local/stack.ts';
import { it } from '#test/fixtures/shared-gateway.ts';
import { captured } from '#test/unit/infra/credentials/captured.ts';

let stack: Stack;

it.beforeAll(({ gateway }) => {
  ({ stack } = gateway);
  const { dynamodb, lambda, accessKeyId, secretAccessKey } = stack.description;
  for (const [name, value] of Object.entries({
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb,
    AWS_ENDPOINT_URL_LAMBDA: lambda,
  })) {
    vi.stubEnv(name, value);
  }
});
afterAll(() => void vi.unstubAllEnvs());

const run = async (...args: string[]) => {
  const { stdout, stderr, text } = captured();
  const code = await runCallers({
    args: [...args, '--stage', 'local'],
    env: {},
    stdin: new PassThrough(),
    stdout,
    stderr,
  });
  return { code, ...text() };
};

const json = async (...args: string[]) => {
  const { code, stdout, stderr } = await run(...args, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
};

const getToken = async ({ clientId, clientSecret }: { clientId: string; clientSecret: string }) => {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
  });
  const response = await fetch(`${stack.description.gateway}/ims/token/v3`, { method: 'POST', body });
  return { status: response.status, ...((await response.json()) as { access_token?: string; error?: string }) };
};

const call = (token: string | undefined, path: string) =>
  fetch(`${stack.description.gateway}${path}`, { headers: { authorization: `Bearer ${token}` } });

describe('npm run callers', () => {
  it('makes a caller that gets a token and calls the gateway as itself', async () => {
    const { secret } = await json('add', 'campaigns');
    const { access_token: token } = await getToken(secret);
    const posted = await fetch(`${stack.description.gateway}/v3/images/generate-async`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: '{"prompt":"a lighthouse"}',
    });
    const { jobId } = (await posted.json()) as { jobId: string };
    expect((await call(token, `/jobs/${jobId}`)).status).toBe(200);
    const { secret: other } = await json('add', 'others');
    expect((await call((await getToken(other)).access_token, `/jobs/${jobId}`)).status).toBe(404);
  });

  it('disables a caller, and enables it again', async () => {
    const { secret } = await json('add', 'paused');
    const { access_token: token } = await getToken(secret);
    expect((await call(token, '/jobs')).status).toBe(200);
    expect(await run('disable', 'paused')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('within a minute'),
    });
    expect((await call(token, '/jobs')).status).toBe(403);
    expect(await getToken(secret)).toMatchObject({ status: 400, error: 'unauthorized_client' });
    await run('enable', 'paused');
    expect(await getToken(secret)).toMatchObject({ status: 200 });
  });

  it('pauses a caller and resumes it, also one without a record', async () => {
    const { secret } = await json('add', 'held');
    const { access_token: token } = await getToken(secret);
    expect(await run('pause', 'held', '--reason', 'too much')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`Paused the caller ${secret.clientId}`),
    });
    expect((await json('pause', 'held')).done).toContain('already');
    expect(await (await call(token, '/callers/me')).json()).toMatchObject({ pausedSince: expect.any(String) });
    expect((await json('resume', 'held')).done).toContain('Resumed');
    expect((await json('resume', 'held')).done).toContain('not paused');
    expect((await json('pause', '123456789012/marketing')).done).toContain('Paused the caller 123456789012/marketing');
    expect(await run('list', '--reason', 'x')).toMatchObject({ code: 2 });
  });

  it('changes secrets with two in force between', async () => {
    const { secret: first } = await json('add', 'rotating');
    const { secret: second } = await json('secret-add', 'rotating');
    expect(await run('secret-add', 'rotating')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Remove one'),
    });
    await json('secret-remove', first.clientId, first.secretId);
    expect(await getToken(first)).toMatchObject({ status: 400, error: 'invalid_client' });
    expect(await getToken(second)).toMatchObject({ status: 200 });
  });

  it('shows callers, and never a secret or its hash', async () => {
    const { secret } = await json('add', 'shown');
    for (const shown of [await run('list'), await run('show', 'shown'), await run('list', '--json')]) {
      expect(shown).toMatchObject({ code: 0, stdout: expect.stringContaining(secret.clientId) });
      expect(shown.stdout).not.toContain(secret.clientSecret);
      expect(shown.stdout).not.toMatch(/[0-9a-f]{64}/);
    }
  });

  it('changes a policy rule by rule', async () => {
    const { secret } = await json('add', 'bounded');
    await json(
      'policy',
      'bounded',
      '--set',
      'requestsPerDay=100',
      '--set',
      'operations=images/generate, images/expand',
    );
    expect(await json('policy', 'bounded')).toEqual({
      policy: { requestsPerDay: 100, operations: ['images/generate', 'images/expand'] },
    });
    await json('policy', secret.clientId, '--set', 'requestsPerDay=', '--set', 'maxPriority=normal');
    expect((await json('show', 'bounded')).callers[0].policy).toEqual({
      operations: ['images/generate', 'images/expand'],
      maxPriority: 'normal',
    });
    expect(await json('policy', '123456789012/marketing', '--set', 'queuedJobs=5')).toMatchObject({
      policy: { queuedJobs: 5 },
    });
  });

  it('removes a caller once that is confirmed', async () => {
    await json('add', 'leaving');
    expect(await run('remove', 'leaving')).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') });
    expect(await run('remove', 'leaving', '--yes')).toMatchObject({ code: 0 });
    expect(await run('show', 'leaving')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no caller leaving'),
    });
  });

  it('asks for the id where a name is not enough', async () => {
    await json('add', 'twin');
    await json('add', 'twin');
    expect(await run('show', 'twin')).toMatchObject({ code: 1, stderr: expect.stringMatching(/fgw_\w+, fgw_\w+/) });
  });

  it.each([
    [['nothing'], 'no verb nothing'],
    [[], 'Name a verb'],
    [['add'], 'add takes 1 argument, not 0'],
    [['add', ' '], 'The name'],
    [['list', '--set', 'a=b'], 'no such rule'],
    [['list', '--set', 'queuedJobs=1'], 'go with policy only'],
    [['policy', 'x', '--set', 'queuedJobs=many'], '--set queuedJobs'],
    [['policy', 'x', '--set', 'maxPriority=highest'], '--set maxPriority'],
    [['list', '--wrong'], '--help'],
  ])('refuses %j', async (args, reason) => {
    expect(await run(...args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(reason) });
  });

  it('says where it looked for a stack that is not there', async () => {
    const { stdout, stderr, text } = captured();
    const args = ['list', '--stage', 'elsewhere'];
    const code = await runCallers({ args, env: {}, stdin: new PassThrough(), stdout, stderr });
    expect({ code, ...text() }).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('firefly-gateway-elsewhere-api'),
    });
  });

  it('writes into the audit trail with the AWS access key that it ran with', async () => {
    const { secret } = await json('add', 'audited');
    await json('remove', secret.clientId, '--yes');
    const response = await fetch(`${stack.description.gateway}/audit`);
    const { entries } = (await response.json()) as { entries: Record<string, unknown>[] };
    const own = entries.filter(({ object }) => (object as { caller?: string }).caller === secret.clientId);
    expect(own.map(({ action, outcome }) => `${action} ${outcome}`).sort()).toEqual([
      'caller made begun',
      'caller made done',
      'caller removed begun',
      'caller removed done',
    ]);
    expect(new Set(own.map(({ actorKind, actor }) => `${actorKind} ${actor}`))).toEqual(
      new Set([`aws ${stack.description.accessKeyId}`]),
    );
  });
});
