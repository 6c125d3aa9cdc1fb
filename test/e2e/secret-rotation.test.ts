import { DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type RotatedGateway, SecretId, startRotatedGateway } from './secret-rotation.ts';

describe('the client secret of a gateway at work', () => {
  let rotated: RotatedGateway;
  beforeAll(async () => {
    rotated = await startRotatedGateway();
  });
  afterAll(() => rotated.close());

  it('is rotated and its predecessor retired while 12 jobs run, and none of them fails', async () => {
    await rotated.rotateUnderLoad(12);
  });

  it('is replaced and dead within seconds when it was compromised', async () => {
    const leaked = await rotated.current();
    const startedAt = performance.now();
    await rotated.rotate();
    await rotated.rotation({ action: 'retire-now', confirm: leaked?.secretUuid });
    const tookMs = performance.now() - startedAt;

    const secrets = rotated.gateway.stack.simulator?.console.secrets() ?? [];
    expect(secrets.map(({ value }) => value)).not.toContain(leaked?.clientSecret);
    expect(tookMs).toBeLessThan(20_000);
    const job = await rotated.gateway.until(await rotated.gateway.submit({ prompt: 'a cat after the drill' }));
    expect(job.status).toBe('succeeded');
  });

  it('comes through a lost answer of Adobe, and the daily run rotates again', async () => {
    const before = await rotated.current();
    const { simulator } = rotated.gateway.stack;
    await rotated.rotation({ action: 'retire-now', confirm: before?.replacedSecretUuid ?? '' });
    simulator?.faults.add({ fault: 'drop', effect: 'done', service: 'io-management', method: 'POST', times: 1 });
    await rotated.rotate();
    expect((await rotated.current())?.secretUuid).toBe(before?.secretUuid);
    const { VersionIdsToStages = {} } = await rotated.secretsManager.send(new DescribeSecretCommand({ SecretId }));
    expect(Object.values(VersionIdsToStages).flat()).not.toContain('AWSPENDING');

    await rotated.rotation({ action: 'daily' });
    await vi.waitFor(async () => expect((await rotated.current())?.secretUuid).not.toBe(before?.secretUuid), 20_000);
    await rotated.gateway.stack.secretsManager.rotationsSettled();
    expect(simulator?.console.secrets()).toHaveLength(2);
  });

  it('is told to nobody', () => {
    const values = rotated.gateway.stack.simulator?.console.secrets().map(({ value }) => value) ?? [];
    for (const value of values) expect(rotated.gateway.logLines.join('\n')).not.toContain(value);
    expect(rotated.gateway.logLines.join('\n')).not.toMatch(/eyJ[\w-]+\.[\w-]+\./);
  });
});
