import { createHash } from 'node:crypto';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  RotateSecretCommand,
  type RotateSecretCommandInput,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { signingKeyRotationDays } from '#shared/deployment/rotation-schedule.ts';
import type { AdobeTarget } from './adobe-target.ts';
import { localClients } from './clients.ts';
import {
  createAuditTable,
  createCallerTable,
  createJobTable,
  createRotationTable,
  createWebhookTable,
} from './create-tables.ts';
import type { State } from './data/state.ts';
import { functionArn } from './lambda/function-definition.ts';
import { simulatedCredentials } from './simulator/credentials.ts';
import { type StackSettings, stackNames } from './stack-settings.ts';

const placeholder = '{"placeholder":"not configured"}';

/** Creates a secret, unless an earlier process did. */
const createSecret = async (client: SecretsManagerClient, Name: string, SecretString: string): Promise<void> => {
  try {
    await client.send(new CreateSecretCommand({ Name, SecretString }));
  } catch (error) {
    if (!(error instanceof ResourceExistsException)) throw error;
  }
};

/** Has a secret rotated, unless it is already. */
const rotateSecret = async (
  client: SecretsManagerClient,
  secretId: string,
  rotation: Omit<RotateSecretCommandInput, 'SecretId'>,
): Promise<void> => {
  const { RotationEnabled } = await client.send(new DescribeSecretCommand({ SecretId: secretId }));
  if (!RotationEnabled) await client.send(new RotateSecretCommand({ SecretId: secretId, ...rotation }));
};

/** Puts credentials into their secret that were not put there before: the secret may hold a newer one by rotation. */
const applyCredentials = async (client: SecretsManagerClient, state: State, credentials: object): Promise<void> => {
  const value = JSON.stringify(credentials);
  const hash = createHash('sha256').update(value).digest('hex');
  const secretId = stackNames.clientCredentialsSecret;
  await createSecret(client, secretId, value);
  const [applied = hash] = state.read('applied-credentials', z.string()).values();
  if (applied !== hash) await client.send(new PutSecretValueCommand({ SecretId: secretId, SecretString: value }));
  state.write({ kind: 'applied-credentials', id: secretId, value: hash });
};

/**
 * Creates tables and secrets as a deployment does, as far as they are not there, and puts the credentials where
 * `npm run credentials` would.
 */
export const createResources = async (
  urls: Parameters<typeof localClients>[0],
  target: AdobeTarget,
  { rotationDays }: Pick<StackSettings, 'rotationDays'>,
  state: State,
): Promise<void> => {
  const { dynamoDb, s3, secretsManager } = localClients(urls);
  try {
    await Promise.all([
      createJobTable(dynamoDb, stackNames.table),
      createRotationTable(dynamoDb, stackNames.rotationTable),
      createWebhookTable(dynamoDb, stackNames.webhookTable),
      createCallerTable(dynamoDb, stackNames.callerTable),
      createAuditTable(dynamoDb, stackNames.auditTable),
      createSecret(secretsManager, stackNames.signingKeySecret, placeholder),
      createSecret(secretsManager, stackNames.accessTokenSecret, placeholder),
      applyCredentials(secretsManager, state, target.credentials ?? simulatedCredentials),
    ]);
    await rotateSecret(secretsManager, stackNames.clientCredentialsSecret, {
      RotationLambdaARN: functionArn(stackNames.functions['secret-rotation']),
      RotationRules: { AutomaticallyAfterDays: rotationDays },
      RotateImmediately: false,
    });
    await rotateSecret(secretsManager, stackNames.signingKeySecret, {
      RotationLambdaARN: functionArn(stackNames.functions['signing-key']),
      RotationRules: { AutomaticallyAfterDays: signingKeyRotationDays },
    });
  } finally {
    dynamoDb.destroy();
    s3.destroy();
    secretsManager.destroy();
  }
};
