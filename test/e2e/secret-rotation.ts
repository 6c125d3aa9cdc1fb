import { GetSecretValueCommand, RotateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { expect } from 'vitest';
import { localClients } from '#local/clients.ts';
import { stackNames } from '#local/stack-settings.ts';
import { readClientCredentials } from '#shared/adobe/auth/stored-credentials.ts';
import { quick, startGateway } from '#test/fixtures/gateway.ts';

export const SecretId = stackNames.clientCredentialsSecret;

/** A stack whose client secret can be rotated while jobs run. */
export const startRotatedGateway = async () => {
  // A token that dies with its secret shows at once whoever still depends on the old one.
  const simulator = { ...quick.simulator, revokeTokensWithSecret: true, generationMs: 800, outputBytes: 10_000 };
  const gateway = await startGateway({ ...quick, simulator });
  const { secretsManager } = localClients(gateway.stack.description);
  const current = async () => {
    const { SecretString } = await secretsManager.send(new GetSecretValueCommand({ SecretId }));
    return readClientCredentials(SecretString ?? '');
  };
  const rotate = async () => {
    await secretsManager.send(new RotateSecretCommand({ SecretId }));
    await gateway.stack.secretsManager.rotationsSettled();
  };
  const rotation = (payload: unknown) => gateway.stack.lambda.invoke(stackNames.functions.secretRotation, payload);

  /** Rotates the secret and retires its predecessor while as many jobs come in and run; none may fail. */
  const rotateUnderLoad = async (jobs: number): Promise<void> => {
    const before = await current();
    const submitted: Promise<string>[] = [];
    const submitUntil = (count: number) => {
      while (submitted.length < count) {
        submitted.push(gateway.submit({ prompt: `a cat coding, number ${submitted.length}`, numVariations: 1 }));
      }
    };
    submitUntil(Math.floor(jobs * 0.4));
    await Promise.all(submitted);
    submitUntil(Math.floor(jobs * 0.7));
    await rotate();
    const after = await current();
    expect(after?.secretUuid).not.toBe(before?.secretUuid);
    submitUntil(jobs);
    await rotation({ action: 'retire-now', confirm: before?.secretUuid });
    expect(gateway.stack.simulator?.console.secrets().map(({ uuid }) => uuid)).toEqual([after?.secretUuid]);

    const jobIds = await Promise.all(submitted);
    const ended = await Promise.all(jobIds.map((jobId) => gateway.until(jobId, undefined, 60_000)));
    expect(ended.map(({ status }) => status)).toEqual(Array.from({ length: jobs }, () => 'succeeded'));
  };

  return {
    gateway,
    secretsManager,
    current,
    rotate,
    rotation,
    rotateUnderLoad,
    close: async () => {
      secretsManager.destroy();
      await gateway.close();
    },
  };
};

export type RotatedGateway = Awaited<ReturnType<typeof startRotatedGateway>>;
