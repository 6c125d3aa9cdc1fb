import {
  PutSecretValueCommand,
  ResourceExistsException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { v4 as uuidv4, v5 as uuidv5 } from 'uuid';
import {
  type ClientCredentials,
  MalformedSecretError,
  readClientCredentials,
  readStoredAccessToken,
  type StoredAccessToken,
} from '#shared/adobe/auth/stored-credentials.ts';
import { readSecretVersion } from '#shared/aws/secret-version.ts';

/** A version of the secret `client-credentials`; without content it is the placeholder. */
export interface CredentialsVersion {
  versionId: string;
  credentials: ClientCredentials | undefined;
}

/** The current version of the secret `access-token`; without content it is the placeholder or unreadable. */
export interface TokenVersion {
  versionId: string;
  token: StoredAccessToken | undefined;
}

/** The two secrets as the token refresh sees them. */
export interface TokenStore {
  /** @returns undefined if no version carries the stage */
  readCredentials(stage: 'AWSCURRENT' | 'AWSPREVIOUS'): Promise<CredentialsVersion | undefined>;
  readToken(): Promise<TokenVersion>;
  /**
   * Makes a token the current one, in the place of the version it was minted for.
   *
   * @returns the new version, or undefined if another run has already replaced that version
   */
  putToken(token: StoredAccessToken, replacedVersionId: string): Promise<string | undefined>;
}

/** Version id of a secret that has no version yet. */
const noVersion = 'none';

const versionNamespace = '0b8f5b0c-6a51-4d1c-9a0e-5a4f6f1d2c3e';

/** Opens the two secrets in Secrets Manager. */
export const createTokenStore = (options: {
  secretsManager: SecretsManagerClient;
  clientCredentialsSecretId: string;
  accessTokenSecretId: string;
}): TokenStore => {
  const { secretsManager, clientCredentialsSecretId, accessTokenSecretId } = options;

  const put = async (token: StoredAccessToken, versionId: string) => {
    try {
      const answer = await secretsManager.send(
        new PutSecretValueCommand({
          SecretId: accessTokenSecretId,
          ClientRequestToken: versionId,
          SecretString: JSON.stringify(token),
        }),
      );
      return answer.VersionId ?? versionId;
    } catch (error) {
      if (error instanceof ResourceExistsException) return undefined;
      throw error;
    }
  };

  const readToken = async (): Promise<TokenVersion> => {
    const version = await readSecretVersion(secretsManager, accessTokenSecretId, { VersionStage: 'AWSCURRENT' });
    return { versionId: version?.versionId || noVersion, token: version && readOwnToken(version.text) };
  };

  return {
    readCredentials: async (VersionStage) => {
      const version = await readSecretVersion(secretsManager, clientCredentialsSecretId, { VersionStage });
      return version && { versionId: version.versionId, credentials: readClientCredentials(version.text) };
    },
    readToken,
    putToken: async (token, replacedVersionId) => {
      // Derived from the replaced version, so that of two runs which both hold a new token only one can put it.
      const versionId = await put(token, uuidv5(replacedVersionId, versionNamespace));
      if (versionId !== undefined) return versionId;
      const current = await readToken();
      // The derived version exists although nothing was replaced: AWSCURRENT was moved back by hand.
      return current.versionId === replacedVersionId ? put(token, uuidv4()) : undefined;
    },
  };
};

// Only the token refresh writes this secret, so any other content counts as none.
const readOwnToken = (text: string): StoredAccessToken | undefined => {
  try {
    return readStoredAccessToken(text);
  } catch (error) {
    if (error instanceof MalformedSecretError) return undefined;
    throw error;
  }
};
