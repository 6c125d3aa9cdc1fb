import { CreateSecretCommand, RotateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { signingKeyRotationDays } from '#shared/deployment/rotation-schedule.ts';
import type { AdobeTarget } from './adobe-target.ts';
import { localClients } from './clients.ts';
import {
  createAuditTable,
  createCallerTable,
  createJobTable,
  createRotationTable,
  createWebhookTable,
} from './dynamodb.ts';
import { functionArn } from './lambda/function-definition.ts';
import { simulatedCredentials } from './simulator/credentials.ts';
import { type StackSettings, stackNames } from './stack-settings.ts';

/** Creates tables and secrets as a deployment does, and puts the credentials where `npm run credentials` would. */
export const createResources = async (
  urls: Parameters<typeof localClients>[0],
  target: AdobeTarget,
  { rotationDays }: Pick<StackSettings, 'rotationDays'>,
): Promise<void> => {
  const { dynamoDb, s3, secretsManager } = localClients(urls);
  try {
    await Promise.all([
      createJobTable(dynamoDb, stackNames.table),
      createRotationTable(dynamoDb, stackNames.rotationTable),
      createWebhookTable(dynamoDb, stackNames.webhookTable),
      createCallerTable(dynamoDb, stackNames.callerTable),
      createAuditTable(dynamoDb, stackNames.auditTable),
      secretsManager.send(
        new CreateSecretCommand({
          Name: stackNames.signingKeySecret,
          SecretString: '{"placeholder":"not configured"}',
        }),
      ),
      secretsManager.send(
        new CreateSecretCommand({
          Name: stackNames.accessTokenSecret,
          SecretString: '{"placeholder":"not configured"}',
        }),
      ),
      secretsManager.send(
        new CreateSecretCommand({
          Name: stackNames.clientCredentialsSecret,
          SecretString: JSON.stringify(target.credentials ?? simulatedCredentials),
        }),
      ),
    ]);
    await secretsManager.send(
      new RotateSecretCommand({
        SecretId: stackNames.clientCredentialsSecret,
        RotationLambdaARN: functionArn(stackNames.functions['secret-rotation']),
        RotationRules: { AutomaticallyAfterDays: rotationDays },
        RotateImmediately: false,
      }),
    );
    await secretsManager.send(
      new RotateSecretCommand({
        SecretId: stackNames.signingKeySecret,
        RotationLambdaARN: functionArn(stackNames.functions['signing-key']),
        RotationRules: { AutomaticallyAfterDays: signingKeyRotationDays },
      }),
    );
  } finally {
    dynamoDb.destroy();
    s3.destroy();
    secretsManager.destroy();
  }
};
