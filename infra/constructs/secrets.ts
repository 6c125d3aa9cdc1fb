import { RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { CfnSecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { placeholderKey } from '#shared/adobe/auth/stored-credentials.ts';
import { secretNames } from '#shared/deployment/names.ts';

/**
 * The two secrets. Their first value is a placeholder that Secrets Manager itself generates, so no value is ever in the
 * template; the functions take it for "not configured".
 *
 * Operators and tools find the secrets by name, and a name can be taken once: where a destroyed stack has left its client
 * credentials, delete or import that secret before the stage is deployed anew.
 */
export class Secrets extends Construct {
  /** {clientId, clientSecret, ...}, set by the operator and rotated since. */
  readonly clientCredentials: Secret;
  /** {accessToken, expiresAt, ...}, put by token-refresh; worth nothing after a day. */
  readonly accessToken: Secret;

  constructor(scope: Construct, id: string, props: { removalPolicy: RemovalPolicy }) {
    super(scope, id);
    const names = secretNames(Stack.of(this).stackName);
    this.clientCredentials = this.createSecret('ClientCredentials', {
      name: names.clientCredentials,
      description: 'Adobe client id and client secret. Set with: npm run credentials',
      removalPolicy: props.removalPolicy,
    });
    this.accessToken = this.createSecret('AccessToken', {
      name: names.accessToken,
      description: 'Adobe access token for generation. Written by the token refresh only.',
      removalPolicy: RemovalPolicy.DESTROY,
    });
    Validations.of(this.accessToken).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'The token refresh function replaces this token hourly where needed; it lives for one day at most.',
    });
  }

  private createSecret(
    id: 'ClientCredentials' | 'AccessToken',
    props: { name: string; description: string; removalPolicy: RemovalPolicy },
  ): Secret {
    const secret = new Secret(this, id, {
      secretName: props.name,
      description: props.description,
      removalPolicy: props.removalPolicy,
      generateSecretString: { secretStringTemplate: '{}', generateStringKey: placeholderKey, passwordLength: 32 },
    });
    const resource = secret.node.defaultChild;
    if (!(resource instanceof CfnSecret)) throw new TypeError('The secret has no CloudFormation resource');
    resource.overrideLogicalId(`${id}Secret`);
    return secret;
  }
}
