import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { localClients } from '#local/clients.ts';
import { stackNames } from '#local/stack-settings.ts';
import type { Gateway } from '#test/fixtures/gateway.ts';

const storedToken = z.object({ accessToken: z.string() });

/** The IMS token with which a gateway calls Adobe at the moment. */
export const readAccessToken = async ({ stack }: Pick<Gateway, 'stack'>): Promise<string> => {
  const { secretsManager } = localClients(stack.description);
  const { SecretString = '' } = await secretsManager.send(
    new GetSecretValueCommand({ SecretId: stackNames.accessTokenSecret }),
  );
  secretsManager.destroy();
  return storedToken.parse(JSON.parse(SecretString)).accessToken;
};
