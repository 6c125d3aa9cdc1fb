import { GetSecretValueCommand, RotateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { expect } from 'vitest';
import { localClients } from '#local/clients.ts';
import { stackNames } from '#local/stack-settings.ts';
import { readClientCredentials } from '#shared/adobe/auth/stored-credentials.ts';
import type { Gateway } from '#test/fixtures/gateway.ts';
import { changeAdobe } from '#test/fixtures/shared-gateway.ts';

export const SecretId = stackNames.clientCredentialsSecret;

/** What tests do to the client secret of a gateway, which may have jobs to do at the same time. */
export const rotationOf = (gateway: Gateway) => {
  // A token that dies with its secret shows at once whoever still depends on the old one.
  const changeBack = changeAdobe(gateway, { revokeTokensWithSecret: true, generationMs: 800 });
  const { secretsManager } = localClients(gateway.stack.description);
  const current = async () => {
    const { SecretString } = await secretsManager.send(new GetSecretValueCommand({ SecretId }));
    return readClientCredentials(SecretString ?? '');
  };
  const rotate = async () => {
    await secretsManager.send(new RotateSecretCommand({ SecretId }));
    await gateway.stack.secretsManager.rotationsSettled();
  };
  const invoke = (payload: unknown) => gateway.stack.lambda.invoke(stackNames.functions['secret-rotation'], payload);

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
    await invoke({ action: 'retire-now', confirm: before?.secretUuid });
    expect(gateway.stack.simulator?.console.secrets().map(({ uuid }) => uuid)).toEqual([after?.secretUuid]);

    const jobIds = await Promise.all(submitted);
    const ended = await Promise.all(jobIds.map((jobId) => gateway.until(jobId)));
    expect(ended.map(({ status }) => status)).toEqual(Array.from({ length: jobs }, () => 'succeeded'));
  };

  return {
    secretsManager,
    current,
    rotate,
    invoke,
    rotateUnderLoad,
    close: () => {
      secretsManager.destroy();
      changeBack();
    },
  };
};

export type Rotation = ReturnType<typeof rotationOf>;
