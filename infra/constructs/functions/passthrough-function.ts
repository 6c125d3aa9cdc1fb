import type { Construct } from 'constructs';
import { passthroughEnvironment } from '#shared/deployment/job-environments.ts';
import { passthroughPermissions } from '#shared/permissions/support-permissions.ts';
import { type FunctionProps, GatewayFunction } from './gateway-function.ts';

/** Makes calls of callers at Adobe: it alone of what serves requests reads the access token, and it can do nothing else. */
export class PassthroughFunction extends GatewayFunction {
  constructor(scope: Construct, id: string, { settings, secrets }: Pick<FunctionProps, 'settings' | 'secrets'>) {
    const { secretArn } = secrets.accessToken;
    super(scope, id, {
      name: 'passthrough',
      description: 'Passes calls of callers on to Adobe',
      memoryMegabytes: 512,
      settings,
      environment: passthroughEnvironment.write({
        accessTokenSecretId: secretArn,
        services: settings.services,
      }),
      permissions: passthroughPermissions({ accessToken: secretArn }),
    });
  }
}
