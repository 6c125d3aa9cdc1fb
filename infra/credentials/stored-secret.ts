import {
  DescribeSecretCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  RotateSecretCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import {
  type ClientCredentials,
  MalformedSecretError,
  readClientCredentials,
} from '#shared/adobe/auth/stored-credentials.ts';
import { readSecretVersion, type SecretSelector } from '#shared/aws/secret-version.ts';
import { StackNotFoundError } from './errors.ts';

/** Which version of the secret is which; `pendingVersionId` is there while a rotation runs, or if a crash left it. */
export interface VersionLabels {
  currentVersionId?: string;
  pendingVersionId?: string;
}

/** A version of the secret; without credentials it is the placeholder, or it cannot be read. */
export interface StoredVersion {
  credentials?: ClientCredentials;
  /** What is wrong with the content, if it is malformed. */
  problem?: string;
}

/** The secret `client-credentials` of one stack in Secrets Manager. */
export interface StoredSecret {
  /** @throws {StackNotFoundError} if there is no such secret, so no such stack */
  readLabels(): Promise<VersionLabels>;
  /** @throws {StackNotFoundError} if there is no such secret, so no such stack */
  readCurrent(): Promise<StoredVersion>;
  readPrevious(): Promise<StoredVersion>;
  /** Makes credentials the current version. */
  store(credentials: ClientCredentials): Promise<void>;
  /**
   * Starts a rotation.
   *
   * @returns the version that is to become the current one
   */
  rotate(): Promise<string>;
}

/** Opens the secret by its name. */
export const openStoredSecret = (secretsManager: SecretsManagerClient, SecretId: string): StoredSecret => {
  const notFound = async (): Promise<StackNotFoundError> => {
    const region = await secretsManager.config.region();
    return new StackNotFoundError(
      `There is no secret ${SecretId} in ${region}: the stack is not deployed there, or has another name. ` +
        'See --stage, --stack, --region and --profile.',
    );
  };

  const read = async (VersionStage: SecretSelector['VersionStage']): Promise<StoredVersion | undefined> => {
    const version = await readSecretVersion(secretsManager, SecretId, { VersionStage });
    if (version === undefined) return undefined;
    try {
      return { credentials: readClientCredentials(version.text) };
    } catch (error) {
      if (error instanceof MalformedSecretError) return { problem: error.message };
      throw error;
    }
  };

  return {
    readLabels: async () => {
      try {
        const { VersionIdsToStages = {} } = await secretsManager.send(new DescribeSecretCommand({ SecretId }));
        const findVersion = (label: string) =>
          Object.entries(VersionIdsToStages).find(([, labels]) => labels.includes(label))?.[0];
        return { currentVersionId: findVersion('AWSCURRENT'), pendingVersionId: findVersion('AWSPENDING') };
      } catch (error) {
        throw error instanceof ResourceNotFoundException ? await notFound() : error;
      }
    },
    readCurrent: async () => {
      const current = await read('AWSCURRENT');
      if (current === undefined) throw await notFound();
      return current;
    },
    readPrevious: async () => (await read('AWSPREVIOUS')) ?? {},
    store: async (credentials) => {
      await secretsManager.send(new PutSecretValueCommand({ SecretId, SecretString: JSON.stringify(credentials) }));
    },
    rotate: async () => {
      const { VersionId = '' } = await secretsManager.send(new RotateSecretCommand({ SecretId }));
      return VersionId;
    },
  };
};
