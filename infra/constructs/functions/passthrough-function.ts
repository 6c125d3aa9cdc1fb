import type { Construct } from 'constructs';
import { firefly } from '#shared/adobe/services/firefly/service.ts';
import { getBaseUrl } from '#shared/deployment/services.ts';
import { passthroughEnvironment } from '#shared/deployment/support-environments.ts';
import { type FunctionProps, GatewayFunction } from './gateway-function.ts';
import { allow } from './statements.ts';

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
        fireflyApiUrl: getBaseUrl(settings.services, firefly),
      }),
      permissions: [allow(['secretsmanager:GetSecretValue'], [secretArn])],
    });
  }
}
