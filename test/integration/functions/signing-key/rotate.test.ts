import { CreateSecretCommand, RotateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SigningKeyContext } from '#functions/signing-key/context.ts';
import { createKeyStore, type KeyStore } from '#functions/signing-key/key-store.ts';
import { runStep } from '#functions/signing-key/rotate.ts';
import { startSecretsManager } from '#local/secrets-manager/server.ts';
import { type StepEvent, stepSchema } from '#shared/aws/rotation-event.ts';
import type { Table } from '#shared/aws/table.ts';
import { signCallerToken, verifyCallerToken } from '#shared/callers/token.ts';
import { createKeyFinder, listKeys } from '#shared/callers/verification-keys.ts';
import type { ManualClock } from '#test/fixtures/manual-clock.ts';
import { observe } from '#test/fixtures/observed.ts';
import { useCallerTable } from '#test/fixtures/use-caller-table.ts';
import { clientOf } from '#test/integration/local/secrets-manager/session.ts';

const audience = { issuer: 'https://gateway.example.com', audience: 'firefly-gateway-test' };
const rotationLambdaArn = 'arn:aws:lambda:us-east-1:000000000000:function:signing-key';

let table: Table;
let clock: ManualClock;
let run: (event: StepEvent) => Promise<void>;
let server: Awaited<ReturnType<typeof startSecretsManager>>;
let secrets = 0;

beforeAll(async () => {
  server = await startSecretsManager({
    rotationRetries: 3,
    rotationRetryDelayMs: 1,
    onFailedAttempt: () => {},
    invokeFunction: (_, event) => run(stepSchema().parse(event)),
  });
});
afterAll(() => server.close());

useCallerTable((fresh) => {
  ({ table, clock } = fresh);
});

/** A secret with the placeholder in it, and what a rotation works with. */
const begin = async () => {
  secrets += 1;
  const [secretsManager, secretId] = [clientOf(server.url), `signing-key-${secrets}`];
  await secretsManager.send(new CreateSecretCommand({ Name: secretId, SecretString: '{"placeholder":"x"}' }));
  const keys = createKeyStore({ secretsManager, secretId });
  const rotate = async () => {
    await secretsManager.send(new RotateSecretCommand({ SecretId: secretId, RotationLambdaARN: rotationLambdaArn }));
    await server.rotationsSettled();
  };
  return { keys, rotate };
};

const contextOf = (keys: KeyStore): SigningKeyContext => ({
  keys,
  table,
  audience,
  tokenLifetimeSeconds: 86_400,
  log: observe().log,
});

const sign = async (keys: KeyStore) => {
  const key = await keys.readCurrent();
  if (key === undefined) throw new Error('There is no current key.');
  const subject = { callerId: 'fgw_a', secretId: 's', scope: '', lifetimeSeconds: 86_400 };
  return signCallerToken(key, { ...audience, ...subject, clock });
};
const verify = (token: string) => verifyCallerToken(token, { ...audience, clock, findKey: createKeyFinder(table) });

describe('the rotation of the signing key', () => {
  it('makes the first key in place of the placeholder', async () => {
    const { keys, rotate } = await begin();
    run = (event) => runStep(contextOf(keys), event);
    expect(await keys.readCurrent()).toBeUndefined();
    await rotate();
    expect(await verify(await sign(keys))).toMatchObject({ callerId: 'fgw_a' });
    expect(await keys.findVersion('AWSPENDING')).toBeUndefined();
  });

  it('leaves tokens of the key before accepted until the last has ended, and then no longer', async () => {
    const { keys, rotate } = await begin();
    run = (event) => runStep(contextOf(keys), event);
    await rotate();
    const old = await sign(keys);
    await rotate();
    const current = await sign(keys);
    expect(current.split('.')[0]).not.toBe(old.split('.')[0]);
    clock.advance(86_399_000);
    expect(await verify(old)).toMatchObject({ isExpired: false });
    clock.advance(7_200_000);
    expect(await listKeys(table)).toHaveLength(1);
  });

  it('tests nothing where a deployment calls testSecret without a rotation', async () => {
    const { keys } = await begin();
    const event: StepEvent = { Step: 'testSecret', SecretId: 'x', ClientRequestToken: crypto.randomUUID() };
    await expect(runStep(contextOf(keys), event)).resolves.toBeUndefined();
  });

  const effects: readonly (keyof KeyStore)[] = ['putPending', 'promote', 'removePending'];

  it.each(effects.flatMap((effect) => [`before ${effect}`, `after ${effect}`]))(
    'ends with one key in use though the function dies %s',
    async (moment) => {
      const { keys, rotate } = await begin();
      run = (event) => runStep(contextOf(keys), event);
      await rotate();
      const old = await sign(keys);
      let deaths = 0;
      const dying = new Proxy(keys, {
        get: (store, name: keyof KeyStore) => {
          if (moment !== `before ${name}` && moment !== `after ${name}`) return store[name];
          return async (...args: unknown[]) => {
            if (deaths > 0) return Reflect.apply(store[name], store, args);
            deaths += 1;
            if (moment.startsWith('after')) await Reflect.apply(store[name], store, args);
            throw new Error('died');
          };
        },
      });
      run = (event) => runStep(contextOf(dying), event);
      await rotate();
      expect(deaths).toBe(1);
      const token = await sign(keys);
      expect(token.split('.')[0]).not.toBe(old.split('.')[0]);
      for (const each of [old, token]) expect(await verify(each)).toMatchObject({ isExpired: false });
      expect(await keys.findVersion('AWSPENDING')).toBeUndefined();
      clock.advance(90_001_000);
      expect(await listKeys(table)).toHaveLength(1);
    },
  );
});
