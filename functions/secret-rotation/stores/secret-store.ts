import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  RotateSecretCommand,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { MalformedSecretError, readClientCredentials } from '#shared/adobe/auth/stored-credentials.ts';
import type { SecretStore, SecretVersion } from '../context.ts';

type Selector = { VersionStage: 'AWSCURRENT' | 'AWSPREVIOUS' | 'AWSPENDING'; VersionId?: string };

/** Opens the secret `client-credentials` in Secrets Manager. */
export const createSecretStore = (options: { secretsManager: SecretsManagerClient; secretId: string }): SecretStore => {
  const { secretsManager, secretId: SecretId } = options;

  const read = async (selector: Selector): Promise<SecretVersion | undefined> => {
    try {
      const answer = await secretsManager.send(new GetSecretValueCommand({ SecretId, ...selector }));
      return {
        versionId: answer.VersionId ?? '',
        createdAt: answer.CreatedDate?.getTime() ?? 0,
        credentials: readClientCredentials(answer.SecretString ?? ''),
      };
    } catch (error) {
      // Also the answer for a version that has its label but no value yet.
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  };

  return {
    describe: async () => {
      const answer = await secretsManager.send(new DescribeSecretCommand({ SecretId }));
      const nextRotationAt = answer.NextRotationDate?.getTime();
      return {
        arn: answer.ARN ?? '',
        name: answer.Name ?? '',
        stages: answer.VersionIdsToStages ?? {},
        ...(nextRotationAt === undefined ? {} : { nextRotationAt }),
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
