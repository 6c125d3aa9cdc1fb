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
 * The access token in Secrets Manager.
 *
 * @param options.secretId the secret `access-token`
 * @param options.tokenRefreshFunction with `lambda`, for functions that may have the token replaced
 */
export const createAccessTokenSource = (options: {
  secretsManager: SecretsManagerClient;
  secretId: string;
  lambda?: LambdaClient;
  tokenRefreshFunction?: string;
}): TokenSource => {
  const { secretsManager, secretId, lambda, tokenRefreshFunction } = options;
  return {
    read: async () => {
      const answer = await secretsManager.send(new GetSecretValueCommand({ SecretId: secretId }));
      const stored = readStoredAccessToken(answer.SecretString ?? '');
      if (stored === undefined) throw new NotConfiguredError(secretId);
      const { accessToken, expiresAt, clientId, scope } = stored;
      return { accessToken, expiresAt, clientId, scope, versionId: answer.VersionId ?? '' };
    },
    refresh: async (refusedVersionId) => {
      if (lambda === undefined || tokenRefreshFunction === undefined) {
        throw new TokenUnavailableError('The Adobe access token is unusable, and this function may not replace it.');
      }
      await invokeTokenRefresh(lambda, tokenRefreshFunction, { refusedVersionId });
    },
  };
};
