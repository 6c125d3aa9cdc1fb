import {
  DescribeSecretCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import {
  type ClientCredentials,
  MalformedSecretError,
  readClientCredentials,
} from '#shared/adobe/auth/stored-credentials.ts';
import { readSecretVersion, type SecretSelector } from '#shared/aws/secret-version.ts';

/** A version of the secret `client-credentials`; without credentials it is the placeholder. */
export interface SecretVersion {
  versionId: string;
  /** When the value was stored, epoch ms. */
  createdAt: number;
  credentials: ClientCredentials | undefined;
}

/** What Secrets Manager says about the secret without its value. */
export interface SecretDescription {
  arn: string;
  name: string;
  /** Staging labels by version id. */
  stages: Readonly<Record<string, readonly string[]>>;
  /** Epoch ms. */
  nextRotationAt?: number;
}

/** The secret `client-credentials` in Secrets Manager. */
export interface SecretStore {
  describe(): Promise<SecretDescription>;
  readCurrent(): Promise<SecretVersion>;
  /** @returns undefined if there is none, or none that can be read */
  readPrevious(): Promise<SecretVersion | undefined>;
  /** @returns undefined unless the version is AWSPENDING and has a value */
  readPending(versionId: string): Promise<SecretVersion | undefined>;
  /** Gives the pending version its value. Secrets Manager takes only one: a second, different one is refused. */
  putPending(versionId: string, credentials: ClientCredentials): Promise<void>;
  /** Moves AWSCURRENT; Secrets Manager moves AWSPREVIOUS along. */
  promote(versionId: string, currentVersionId: string): Promise<void>;
  removePending(versionId: string): Promise<void>;
  /** Starts a rotation; refused while AWSPENDING is on a version other than the current one. */
  rotate(): Promise<void>;
}

/** Opens the secret `client-credentials` in Secrets Manager. */
export const createSecretStore = (options: { secretsManager: SecretsManagerClient; secretId: string }): SecretStore => {
  const { secretsManager, secretId: SecretId } = options;

  const read = async (selector: SecretSelector): Promise<SecretVersion | undefined> => {
    const version = await readSecretVersion(secretsManager, SecretId, selector);
    if (version === undefined) return undefined;
    const { versionId, createdAt, text } = version;
    return { versionId, createdAt, credentials: readClientCredentials(text) };
  };

  return {
    describe: async () => {
      const answer = await secretsManager.send(new DescribeSecretCommand({ SecretId }));
      return {
        arn: answer.ARN ?? '',
        name: answer.Name ?? '',
        stages: answer.VersionIdsToStages ?? {},
        nextRotationAt: answer.NextRotationDate?.getTime(),
      };
    },
    readCurrent: async () => {
      const current = await read({ VersionStage: 'AWSCURRENT' });
      return current ?? { versionId: '', createdAt: 0, credentials: undefined };
    },
    readPrevious: async () => {
      try {
        return await read({ VersionStage: 'AWSPREVIOUS' });
      } catch (error) {
        if (error instanceof MalformedSecretError) return undefined;
        throw error;
      }
    },
    readPending: (VersionId) => read({ VersionStage: 'AWSPENDING', VersionId }),
    putPending: async (versionId, credentials) => {
      await secretsManager.send(
        new PutSecretValueCommand({
          SecretId,
          ClientRequestToken: versionId,
          SecretString: JSON.stringify(credentials),
          VersionStages: ['AWSPENDING'],
        }),
      );
    },
    promote: async (versionId, currentVersionId) => {
      await secretsManager.send(
        new UpdateSecretVersionStageCommand({
          SecretId,
          VersionStage: 'AWSCURRENT',
          MoveToVersionId: versionId,
          RemoveFromVersionId: currentVersionId,
        }),
      );
    },
    removePending: async (versionId) => {
      await secretsManager.send(
        new UpdateSecretVersionStageCommand({
          SecretId,
          VersionStage: 'AWSPENDING',
          RemoveFromVersionId: versionId,
        }),
      );
    },
    rotate: async () => {
      await secretsManager.send(new RotateSecretCommand({ SecretId }));
    },
  };
};
