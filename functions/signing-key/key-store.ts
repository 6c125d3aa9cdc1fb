import {
  DescribeSecretCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { readSecretVersion } from '#shared/aws/secret-version.ts';
import { readSigningKey } from '#shared/callers/signing-key.ts';
import type { SigningKey } from '#shared/callers/token.ts';

/** The secret `signing-key` in Secrets Manager. */
export interface KeyStore {
  /** The version that has a label. */
  findVersion(label: 'AWSCURRENT' | 'AWSPENDING'): Promise<string | undefined>;
  /** @returns undefined while the pending version has no value, and if this one is not pending */
  readPending(versionId: string): Promise<SigningKey | undefined>;
  readCurrent(): Promise<SigningKey | undefined>;
  /** Gives the pending version its value. Secrets Manager takes only one: a second, different one is refused. */
  putPending(versionId: string, key: SigningKey): Promise<void>;
  /** Makes a version the current one. */
  promote(versionId: string): Promise<void>;
  removePending(versionId: string): Promise<void>;
}

/** Opens the secret. */
export const createKeyStore = (options: { secretsManager: SecretsManagerClient; secretId: string }): KeyStore => {
  const { secretsManager, secretId: SecretId } = options;

  const findVersion: KeyStore['findVersion'] = async (label) => {
    const { VersionIdsToStages = {} } = await secretsManager.send(new DescribeSecretCommand({ SecretId }));
    return Object.entries(VersionIdsToStages).find(([, labels]) => labels.includes(label))?.[0];
  };

  return {
    findVersion,
    readPending: async (VersionId) => {
      const version = await readSecretVersion(secretsManager, SecretId, { VersionStage: 'AWSPENDING', VersionId });
      return version && readSigningKey(version.text);
    },
    readCurrent: async () => {
      const version = await readSecretVersion(secretsManager, SecretId, { VersionStage: 'AWSCURRENT' });
      return version && readSigningKey(version.text);
    },
    putPending: async (versionId, key) => {
      await secretsManager.send(
        new PutSecretValueCommand({
          SecretId,
          ClientRequestToken: versionId,
          SecretString: JSON.stringify(key),
          VersionStages: ['AWSPENDING'],
        }),
      );
    },
    promote: async (versionId) => {
      await secretsManager.send(
        new UpdateSecretVersionStageCommand({
          SecretId,
          VersionStage: 'AWSCURRENT',
          MoveToVersionId: versionId,
          RemoveFromVersionId: await findVersion('AWSCURRENT'),
        }),
      );
    },
    removePending: async (versionId) => {
      await secretsManager.send(
        new UpdateSecretVersionStageCommand({ SecretId, VersionStage: 'AWSPENDING', RemoveFromVersionId: versionId }),
      );
    },
  };
};
