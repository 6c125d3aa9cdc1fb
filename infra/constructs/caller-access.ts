import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnSecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { placeholderKey } from '#shared/adobe/auth/stored-credentials.ts';
import { type CallerFunctionName, secretNames } from '#shared/deployment/names.ts';
import { signingKeyRotationDays } from '#shared/deployment/rotation-schedule.ts';
import type { Settings } from '#shared/deployment/settings.ts';
import type { DataTable } from './data-table.ts';
import { AuthorizeFunction, CallerTokenFunction, SigningKeyFunction } from './functions/caller-functions.ts';
import type { GatewayFunction } from './functions/gateway-function.ts';
import { rotateSecret } from './rotate-secret.ts';

interface CallerAccessProps {
  settings: Settings;
  callers: DataTable;
  audit: DataTable;
  gatewayUrl: string;
}

/** Callers with an id and a secret of their own: the token endpoint, the authorizer, and the key between them. */
export class CallerAccess extends Construct {
  readonly signingKey: Secret;
  readonly functions: Record<CallerFunctionName, GatewayFunction>;

  /** @throws {TypeError} if CDK has made no secret of its own */
  constructor(scope: Construct, id: string, props: CallerAccessProps) {
    super(scope, id);
    const { settings, callers, audit, gatewayUrl } = props;
    this.signingKey = new Secret(this, 'SigningKey', {
      secretName: secretNames(Stack.of(this).stackName).signingKey,
      description: 'Signs the tokens of callers. Written by its rotation only.',
      // Tokens live for a day, and a new key is made with the next stack.
      removalPolicy: RemovalPolicy.DESTROY,
      generateSecretString: { secretStringTemplate: '{}', generateStringKey: placeholderKey, passwordLength: 32 },
    });
    const resource = this.signingKey.node.defaultChild;
    if (!(resource instanceof CfnSecret)) throw new TypeError('The secret has no CloudFormation resource');
    resource.overrideLogicalId('SigningKeySecret');

    const functionProps = { settings, callers, audit, signingKey: this.signingKey, gatewayUrl };
    const rotation = new SigningKeyFunction(this, 'SigningKeyRotation', functionProps);
    this.functions = {
      'caller-token': new CallerTokenFunction(this, 'CallerToken', functionProps),
      authorize: new AuthorizeFunction(this, 'Authorize', functionProps),
      'signing-key': rotation,
    };
    rotateSecret(this, {
      secret: this.signingKey,
      lambda: rotation.lambda,
      rules: { automaticallyAfterDays: signingKeyRotationDays },
      // The first deployment makes the first key; a later one may rotate, as tokens of the key before stay accepted.
      immediately: true,
    });
  }
}
