import { DescribeSecretCommand, GetSecretValueCommand, RotateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { localClients } from '#local/clients.ts';
import { stackNames } from '#local/stack-settings.ts';
import { readClientCredentials } from '#shared/adobe/auth/stored-credentials.ts';
import { type Gateway, quick, startGateway } from '#test/fixtures/gateway.ts';

const SecretId = stackNames.clientCredentialsSecret;

describe('the client secret of a gateway at work', () => {
  let gateway: Gateway;
  let clients: ReturnType<typeof localClients>;

  beforeAll(async () => {
    // A token that dies with its secret shows at once whoever still depends on the old one.
    const simulator = { ...quick.simulator, revokeTokensWithSecret: true, generationMs: 800, outputBytes: 10_000 };
    gateway = await startGateway({ ...quick, simulator });
    clients = localClients(gateway.stack.description);
  });
  afterAll(async () => {
    clients.secretsManager.destroy();
    await gateway.close();
  });

  const current = async () => {
    const { SecretString } = await clients.secretsManager.send(new GetSecretValueCommand({ SecretId }));
    return readClientCredentials(SecretString ?? '');
  };
  const rotate = async () => {
    await clients.secretsManager.send(new RotateSecretCommand({ SecretId }));
    await gateway.stack.secretsManager.rotationsSettled();
  };
  const rotation = (payload: unknown) => gateway.stack.lambda.invoke(stackNames.functions.secretRotation, payload);

  it('is rotated and its predecessor retired while 50 jobs run, and none of them fails', async () => {
    const before = await current();
    const submitted: Promise<string>[] = [];
    const submit = (count: number) => {
      for (let index = 0; index < count; index += 1) {
        submitted.push(gateway.submit({ prompt: `a cat coding, number ${submitted.length}`, numVariations: 1 }));
      }
    };
    submit(20);
    await Promise.all(submitted);
    submit(15);
    await rotate();
    const after = await current();
    expect(after?.secretUuid).not.toBe(before?.secretUuid);
    submit(15);
    await rotation({ action: 'retire-now', confirm: before?.secretUuid });
    expect(gateway.stack.simulator?.console.secrets().map(({ uuid }) => uuid)).toEqual([after?.secretUuid]);

    const jobIds = await Promise.all(submitted);
    const jobs = await Promise.all(jobIds.map((jobId) => gateway.until(jobId, undefined, 60_000)));
    expect(jobs.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 'succeeded'));
  }, 90_000);

  it('is replaced and dead within seconds when it was compromised', async () => {
    const leaked = await current();
    const startedAt = performance.now();
    await rotate();
    await rotation({ action: 'retire-now', confirm: leaked?.secretUuid });
    const tookMs = performance.now() - startedAt;

    const secrets = gateway.stack.simulator?.console.secrets() ?? [];
    expect(secrets.map(({ value }) => value)).not.toContain(leaked?.clientSecret);
    expect(tookMs).toBeLessThan(20_000);
    const job = await gateway.until(await gateway.submit({ prompt: 'a cat after the drill' }));
    expect(job.status).toBe('succeeded');
  });

  it('comes through a lost answer of Adobe, and the daily run rotates again', async () => {
    const before = await current();
    const { simulator } = gateway.stack;
    await rotation({ action: 'retire-now', confirm: before?.replacedSecretUuid ?? '' });
    simulator?.faults.add({ fault: 'drop', effect: 'done', service: 'io-management', method: 'POST', times: 1 });
    await rotate();
    expect((await current())?.secretUuid).toBe(before?.secretUuid);
    const { VersionIdsToStages = {} } = await clients.secretsManager.send(new DescribeSecretCommand({ SecretId }));
    expect(Object.values(VersionIdsToStages).flat()).not.toContain('AWSPENDING');

    await rotation({ action: 'daily' });
    await vi.waitFor(async () => expect((await current())?.secretUuid).not.toBe(before?.secretUuid), 20_000);
    await gateway.stack.secretsManager.rotationsSettled();
    expect(simulator?.console.secrets()).toHaveLength(2);
  });

  it('is told to nobody', () => {
    const values = gateway.stack.simulator?.console.secrets().map(({ value }) => value) ?? [];
    for (const value of values) expect(gateway.logLines.join('\n')).not.toContain(value);
    expect(gateway.logLines.join('\n')).not.toMatch(/eyJ[\w-]+\.[\w-]+\./);
  });
});
