import type { Construct } from 'constructs';
import { getServiceAccess } from '#shared/deployment/services.ts';
import { tokenRefreshEnvironment } from '#shared/deployment/support-environments.ts';
import { tokenRefreshPermissions } from '#shared/permissions/support-permissions.ts';
import type { FunctionProps } from './gateway-function.ts';
import { GatewayFunction } from './gateway-function.ts';

/** Keeps a usable access token in Secrets Manager; the only function that writes it. */
export class TokenRefreshFunction extends GatewayFunction {
  constructor(
    scope: Construct,
    id: string,
    { settings, jobs, secrets }: Pick<FunctionProps, 'settings' | 'jobs' | 'secrets'>,
  ) {
    const { table } = jobs;
    super(scope, id, {
      name: 'token-refresh',
      description: 'Mints the Adobe access token anew before it expires',
      memoryMegabytes: 512,
      settings,
      environment: tokenRefreshEnvironment.write({
        ...settings,
        serviceAccess: getServiceAccess(settings.services),
        tableName: table.tableName,
        clientCredentialsSecretId: secrets.clientCredentials.secretArn,
        accessTokenSecretId: secrets.accessToken.secretArn,
      }),
      permissions: tokenRefreshPermissions({
        jobTable: table.tableArn,
        clientCredentials: secrets.clientCredentials.secretArn,
        accessToken: secrets.accessToken.secretArn,
      }),
    });
  }
}
