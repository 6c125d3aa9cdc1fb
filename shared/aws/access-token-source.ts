import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { NotConfiguredError, type TokenSource, TokenUnavailableError } from '../adobe/auth/access-token.ts';
import { readStoredAccessToken } from '../adobe/auth/stored-credentials.ts';

/** What token-refresh is invoked with; an empty event is its hourly schedule. */
export type TokenRefreshEvent = { refusedVersionId?: string; reason?: 'rotated' };

/**
 * Invokes token-refresh and waits for its end.
 *
 * @throws {TokenUnavailableError} with the function's own message if it failed
 */
export const invokeTokenRefresh = async (
  lambda: LambdaClient,
  functionName: string,
  event: TokenRefreshEvent,
): Promise<void> => {
  const { FunctionError: failure, Payload: payload } = await lambda.send(
    new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(event) }),
  );
  if (failure === undefined) return;
  throw new TokenUnavailableError(`The token refresh failed: ${payload?.transformToString() ?? failure}`);
};

/**
 * The access token in Secrets Manager, for functions that may not have it replaced.
 *
 * @param options.secretId the secret `access-token`
 */
export const createReadOnlyTokenSource = (options: {
  secretsManager: SecretsManagerClient;
  secretId: string;
}): TokenSource => {
  const { secretsManager, secretId } = options;
  return {
    read: async () => {
      const answer = await secretsManager.send(new GetSecretValueCommand({ SecretId: secretId }));
      const stored = readStoredAccessToken(answer.SecretString ?? '');
      if (stored === undefined) throw new NotConfiguredError(secretId);
      const { accessToken, expiresAt, clientId, scope } = stored;
      return { accessToken, expiresAt, clientId, scope, versionId: answer.VersionId ?? '' };
    },
    refresh: async () => {
      throw new TokenUnavailableError('The Adobe access token is unusable, and this function may not replace it.');
    },
  };
};

/** The access token in Secrets Manager, which token-refresh replaces when it is asked to. */
export const createAccessTokenSource = (options: {
  secretsManager: SecretsManagerClient;
  secretId: string;
  lambda: LambdaClient;
  tokenRefreshFunction: string;
}): TokenSource => ({
  ...createReadOnlyTokenSource(options),
  refresh: async (refusedVersionId) => {
    await invokeTokenRefresh(options.lambda, options.tokenRefreshFunction, { refusedVersionId });
  },
});
