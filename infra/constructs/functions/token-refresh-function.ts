import type { Construct } from 'constructs';
import type { FunctionParts } from './function-parts.ts';
import { GatewayFunction } from './gateway-function.ts';
import { allow, allowStatusItem } from './statements.ts';

/** Keeps a usable access token in Secrets Manager; the only function that writes it. */
export class TokenRefreshFunction extends GatewayFunction {
  constructor(
    scope: Construct,
    id: string,
    { settings, jobs, secrets }: Pick<FunctionParts, 'settings' | 'jobs' | 'secrets'>,
  ) {
    const { table } = jobs;
    super(scope, id, {
      name: 'token-refresh',
      description: 'Mints the Adobe access token anew before it expires',
      memoryMegabytes: 512,
      // Ends before its callers stop waiting for it, after a minute.
      timeoutSeconds: 55,
      logRetentionDays: settings.logRetentionDays,
      logLevel: settings.logLevel,
      environment: {
        TABLE_NAME: table.tableName,
        CLIENT_CREDENTIALS_SECRET_ID: secrets.clientCredentials.secretArn,
        ACCESS_TOKEN_SECRET_ID: secrets.accessToken.secretArn,
        ADOBE_IMS_URL: settings.adobeImsUrl,
        GENERATION_SCOPES: settings.generationScopes.join(','),
      },
      permissions: [
        allow(['secretsmanager:GetSecretValue'], [secrets.clientCredentials.secretArn]),
        allow(['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'], [secrets.accessToken.secretArn]),
        allowStatusItem(table.tableArn, 'token-refresh'),
      ],
    });
  }
}
