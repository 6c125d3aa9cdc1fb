import { DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, describe, expect, vi } from 'vitest';
import type { Gateway } from '#test/fixtures/gateway.ts';
import { it } from '#test/fixtures/shared-gateway.ts';
import { type Rotation, rotationOf, SecretId } from './secret-rotation.ts';

describe('the client secret of a gateway at work', () => {
  let gateway: Gateway;
  let rotation: Rotation;
  it.beforeAll(({ gateway: shared }) => {
    gateway = shared;
    rotation = rotationOf(gateway);
  });
  afterAll(() => rotation.close());

  it('is rotated and its predecessor retired while 50 jobs run, and none of them fails', async () => {
    await rotation.rotateUnderLoad(50);
  });

  it('is replaced and dead after one rotation and one call when it was compromised', async () => {
    const leaked = await rotation.current();
    await rotation.rotate();
    await rotation.invoke({ action: 'retire-now', confirm: leaked?.secretUuid });

    const secrets = gateway.stack.simulator?.console.secrets() ?? [];
    expect(secrets.map(({ value }) => value)).not.toContain(leaked?.clientSecret);
    const job = await gateway.until(await gateway.submit({ prompt: 'a cat after the drill' }));
    expect(job.status).toBe('succeeded');
  });

  it('comes through a lost answer of Adobe, and the daily run rotates again', async () => {
    const before = await rotation.current();
    const { simulator } = gateway.stack;
    await rotation.invoke({ action: 'retire-now', confirm: before?.replacedSecretUuid ?? '' });
    simulator?.faults.add({ fault: 'drop', effect: 'done', service: 'io-management', method: 'POST', times: 1 });
    await rotation.rotate();
    expect((await rotation.current())?.secretUuid).toBe(before?.secretUuid);
    const { VersionIdsToStages = {} } = await rotation.secretsManager.send(new DescribeSecretCommand({ SecretId }));
    expect(Object.values(VersionIdsToStages).flat()).not.toContain('AWSPENDING');

    await rotation.invoke({ action: 'daily' });
    await vi.waitFor(async () => expect((await rotation.current())?.secretUuid).not.toBe(before?.secretUuid), 120_000);
    await gateway.stack.secretsManager.rotationsSettled();
    expect(simulator?.console.secrets()).toHaveLength(2);
  });

  it('is told to nobody', () => {
    const values = gateway.stack.simulator?.console.secrets().map(({ value }) => value) ?? [];
    for (const value of values) expect(gateway.logLines.join('\n')).not.toContain(value);
    expect(gateway.logLines.join('\n')).not.toMatch(/eyJ[\w-]+\.[\w-]+\./);
  });
});
