import { Duration, Stack, Validations } from 'aws-cdk-lib';
import {
  CfnApi,
  CorsHttpMethod,
  type CorsPreflightOptions,
  HttpApi,
  HttpMethod,
  HttpNoneAuthorizer,
  HttpStage,
  type IHttpRouteAuthorizer,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer, HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Construct } from 'constructs';
import type { Settings } from '../settings.ts';
import { AccessLog } from './access-log.ts';
import type { GatewayFunction } from './functions/gateway-function.ts';

/** The HTTP API: every path and method goes to the api function, once the authorizer has let the caller in. */
export class GatewayHttpApi extends Construct {
  readonly api: HttpApi;

  constructor(scope: Construct, id: string, props: { settings: Settings; function: GatewayFunction }) {
    super(scope, id);
    const { settings } = props;
    const integration = new HttpLambdaIntegration('Api', props.function.lambda);
    this.api = new HttpApi(this, 'Api', {
      apiName: Stack.of(this).stackName,
      createDefaultStage: false,
      defaultIntegration: integration,
      defaultAuthorizer: authorizer(settings.auth),
      ...(settings.corsOrigins.length > 0 && { corsPreflight: corsPreflight(settings.corsOrigins) }),
    });
    const resource = this.api.node.defaultChild;
    if (!(resource instanceof CfnApi)) throw new TypeError('The API has no CloudFormation resource');
    resource.overrideLogicalId('HttpApi');

    if (settings.corsOrigins.length > 0) this.openPreflight(integration);

    const accessLog = new AccessLog(this, 'AccessLog', { retentionDays: settings.logRetentionDays });
    new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: settings.apiRequestsPerSecond, burstLimit: settings.apiBurstRequests },
      accessLogSettings: accessLog.settings,
    });
  }

  /** The URL of the gateway, without a slash at the end. */
  get url(): string {
    return this.api.apiEndpoint;
  }

  // A browser sends no credentials with a preflight, and the $default route would ask for them.
  private openPreflight(integration: HttpLambdaIntegration): void {
    const [preflight] = this.api.addRoutes({
      path: '/{proxy+}',
      methods: [HttpMethod.OPTIONS],
      integration,
      authorizer: new HttpNoneAuthorizer(),
    });
    if (preflight === undefined) throw new TypeError('The preflight route was not made');
    Validations.of(preflight).acknowledge({
      id: 'AwsSolutions-APIG4',
      reason: 'CORS preflights carry no credentials by specification, and OPTIONS reads and changes nothing.',
    });
  }
}

const authorizer = (auth: Settings['auth']): IHttpRouteAuthorizer =>
  auth.mode === 'iam'
    ? new HttpIamAuthorizer()
    : new HttpJwtAuthorizer('Bearer', auth.issuer, { jwtAudience: auth.audiences });

const corsPreflight = (allowOrigins: string[]): CorsPreflightOptions => ({
  allowOrigins,
  allowMethods: [CorsHttpMethod.GET, CorsHttpMethod.POST, CorsHttpMethod.PUT, CorsHttpMethod.DELETE],
  allowHeaders: [
    'authorization',
    'cache-control',
    'content-type',
    'idempotency-key',
    'prefer',
    'x-amz-content-sha256',
    'x-amz-date',
    'x-amz-security-token',
    'x-api-key',
    'x-model-version',
    'x-priority',
    'x-request-id',
  ],
  exposeHeaders: ['link', 'location', 'preference-applied', 'retry-after'],
  maxAge: Duration.hours(1),
});
