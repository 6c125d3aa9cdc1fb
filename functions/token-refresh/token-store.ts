import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
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

  const read = async (SecretId: string, VersionStage: string) => {
    try {
      const answer = await secretsManager.send(new GetSecretValueCommand({ SecretId, VersionStage }));
      return { versionId: answer.VersionId ?? noVersion, text: answer.SecretString ?? '' };
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  };

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
    const version = await read(accessTokenSecretId, 'AWSCURRENT');
    if (version === undefined) return { versionId: noVersion, token: undefined };
    return { versionId: version.versionId, token: readOwnToken(version.text) };
  };

  return {
    readCredentials: async (stage) => {
      const version = await read(clientCredentialsSecretId, stage);
      return version && { versionId: version.versionId, credentials: readClientCredentials(version.text) };
    },
    readToken,
    putToken: async (token, replacedVersionId) => {
      // Derived from the replaced version, so that of two runs which both hold a new token only one can put it.
      const versionId = await put(token, uuidv5(replacedVersionId, versionNamespace));
      if (versionId !== undefined) return versionId;
      const current = await readToken();
      // The derived version exists although nothing was replaced: somebody moved AWSCURRENT back by hand.
      return current.versionId === replacedVersionId ? put(token, uuidv4()) : undefined;
    },
  };
};

// Nobody but the token refresh writes this secret: whatever else is in it is as good as nothing.
const readOwnToken = (text: string): StoredAccessToken | undefined => {
  try {
    return readStoredAccessToken(text);
  } catch (error) {
    if (error instanceof MalformedSecretError) return undefined;
    throw error;
  }
};
