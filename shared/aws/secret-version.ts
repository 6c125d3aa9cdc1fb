import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';

/** Which version of a secret is read: the one with a label, which besides has to have the id if one is given. */
export interface SecretSelector {
  VersionStage: 'AWSCURRENT' | 'AWSPREVIOUS' | 'AWSPENDING';
  VersionId?: string;
}

/** The content of one version of a secret. */
export interface SecretText {
  /** Empty if Secrets Manager does not say. */
  versionId: string;
  /** When the value was stored, epoch ms. */
  createdAt: number;
  text: string;
}

/**
 * Reads one version of a secret.
 *
 * @returns undefined if there is no such secret or version, or if the version has its label but no value yet
 */
export const readSecretVersion = async (
  secretsManager: SecretsManagerClient,
  secretId: string,
  selector: SecretSelector,
): Promise<SecretText | undefined> => {
  try {
    const { VersionId, CreatedDate, SecretString } = await secretsManager.send(
      new GetSecretValueCommand({ SecretId: secretId, ...selector }),
    );
    return { versionId: VersionId ?? '', createdAt: CreatedDate?.getTime() ?? 0, text: SecretString ?? '' };
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
};
