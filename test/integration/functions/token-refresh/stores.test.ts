import { randomUUID } from 'node:crypto';
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMintLeases, type MintLease } from '#functions/token-refresh/mint-lease.ts';
import { createTokenStore } from '#functions/token-refresh/token-store.ts';
import { startSecretsManager } from '#local/secrets-manager/server.ts';
import { createStatusItems } from '#shared/aws/status-items.ts';
import { createManualClock } from '#test/fixtures/manual-clock.ts';
import { startRotationTables } from '#test/fixtures/rotation-tables.ts';
import { clientOf } from '#test/integration/local/secrets-manager/session.ts';

let tables: Awaited<ReturnType<typeof startRotationTables>>;
let server: Awaited<ReturnType<typeof startSecretsManager>>;
beforeAll(async () => {
  [tables, server] = await Promise.all([startRotationTables(), startSecretsManager()]);
});
afterAll(() => Promise.all([tables.close(), server.close()]));

const token = (name: string) => ({ accessToken: name, expiresAt: 2, clientId: 'c', scope: 'openid', mintedAt: 1 });

const openTokenStore = async () => {
  const secretsManager = clientOf(server.url);
  const [clientCredentialsSecretId, accessTokenSecretId] = [`${randomUUID()}/credentials`, `${randomUUID()}/token`];
  for (const [Name, SecretString] of [
    [clientCredentialsSecretId, JSON.stringify({ clientId: 'c', clientSecret: 's1' })],
    [accessTokenSecretId, '{"placeholder":"x"}'],
  ]) {
    await secretsManager.send(new CreateSecretCommand({ Name, SecretString }));
  }
  const store = createTokenStore({ secretsManager, clientCredentialsSecretId, accessTokenSecretId });
  return { secretsManager, store, clientCredentialsSecretId, accessTokenSecretId };
};

describe('the two secrets of the token refresh', () => {
  it('are read with their versions, the placeholder as nothing', async () => {
    const { store, secretsManager, clientCredentialsSecretId } = await openTokenStore();
    expect((await store.readToken()).token).toBeUndefined();
    expect(await store.readCredentials('AWSPREVIOUS')).toBeUndefined();
    const next = { SecretId: clientCredentialsSecretId, SecretString: '{"clientId":"c","clientSecret":"s2"}' };
    await secretsManager.send(new PutSecretValueCommand(next));
    expect((await store.readCredentials('AWSCURRENT'))?.credentials?.clientSecret).toBe('s2');
    expect((await store.readCredentials('AWSPREVIOUS'))?.credentials?.clientSecret).toBe('s1');
  });

  it('take one of several tokens for the same version', async () => {
    const { store } = await openTokenStore();
    const { versionId } = await store.readToken();
    const put = await Promise.all(['a', 'b', 'c'].map((name) => store.putToken(token(name), versionId)));
    const winners = put.filter((id) => id !== undefined);
    expect(winners).toHaveLength(1);
    expect((await store.readToken()).versionId).toBe(winners[0]);
  });

  it('take a token although somebody has moved AWSCURRENT back', async () => {
    const { store, secretsManager, accessTokenSecretId } = await openTokenStore();
    const { versionId: first } = await store.readToken();
    const second = await store.putToken(token('a'), first);
    await secretsManager.send(
      new UpdateSecretVersionStageCommand({
        SecretId: accessTokenSecretId,
        VersionStage: 'AWSCURRENT',
        MoveToVersionId: first,
        RemoveFromVersionId: second,
      }),
    );
    expect(await store.putToken(token('b'), first)).toBeDefined();
    expect((await store.readToken()).token?.accessToken).toBe('b');
  });

  it('treat whatever else is in the place of the token as nothing', async () => {
    const { store, secretsManager, accessTokenSecretId } = await openTokenStore();
    const nonsense = { SecretId: accessTokenSecretId, SecretString: '{"accessToken":1}' };
    await secretsManager.send(new PutSecretValueCommand(nonsense));
    expect((await store.readToken()).token).toBeUndefined();
  });
});

describe('the lease on a mint', () => {
  const openLeases = async () => {
    const clock = createManualClock();
    const { jobTable } = await tables.create();
    const leases = createMintLeases({ dynamoDb: tables.dynamoDb, tableName: jobTable, clock });
    const lease = (owner: string, tokenVersionId = 'v1'): MintLease => ({
      owner,
      tokenVersionId,
      credentialsVersionId: 'c1',
      until: clock.now() + 45_000,
    });
    return { clock, leases, lease };
  };

  it('is given to one of many at the same time; the others see whose it is', async () => {
    const { leases, lease } = await openLeases();
    const others = await Promise.all(Array.from({ length: 10 }, (_, index) => leases.take(lease(`owner-${index}`))));
    expect(others.filter((other) => other === undefined)).toHaveLength(1);
    expect(new Set(others.flatMap((other) => other?.owner ?? [])).size).toBe(1);
  });

  it('ends though the clock is set back or ahead by an hour while it is held', async () => {
    for (const jumpMs of [-3_600_000, 3_600_000]) {
      const { clock, leases, lease } = await openLeases();
      await leases.take(lease('crashed'));
      clock.advance(jumpMs);
      const takers = ['second', 'third', 'fourth'].map((owner) => leases.take(lease(owner)));
      expect((await Promise.all(takers)).filter((other) => other === undefined)).toHaveLength(1);
    }
  });

  it('ends by itself, by release, or when the version is replaced', async () => {
    const { clock, leases, lease } = await openLeases();
    await leases.take(lease('first'));
    expect(await leases.take(lease('second'))).toMatchObject({ owner: 'first' });
    expect(await leases.take(lease('second', 'v2'))).toBeUndefined();
    await leases.release(lease('first'));
    expect(await leases.take(lease('third', 'v2'))).toMatchObject({ owner: 'second' });
    await leases.release(lease('second'));
    expect(await leases.take(lease('third', 'v2'))).toBeUndefined();
    clock.advance(45_000);
    expect(await leases.take(lease('fourth', 'v2'))).toBeUndefined();
  });
});

describe('the status items', () => {
  it('are read as they were written', async () => {
    const { jobTable } = await tables.create();
    const status = createStatusItems({ dynamoDb: tables.dynamoDb, tableName: jobTable, clock: createManualClock() });
    expect(await status.readTokenRefresh()).toBeUndefined();
    expect(await status.readSecretRotation()).toBeUndefined();
    const lastRunAt = new Date(0).toISOString();
    await status.writeTokenRefresh({ state: 'failing', lastRunAt, error: { code: 'c', message: 'm' } });
    await status.writeSecretRotation({ lastRunAt, lastRotationFailed: false, foreignSecretUuids: ['u'] });
    expect(await status.readTokenRefresh()).toEqual({
      state: 'failing',
      lastRunAt,
      error: { code: 'c', message: 'm' },
    });
    expect(await status.readSecretRotation()).toEqual({
      lastRunAt,
      lastRotationFailed: false,
      foreignSecretUuids: ['u'],
    });
  });
});
