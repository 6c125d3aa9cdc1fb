import { Duration, Stack, Validations } from 'aws-cdk-lib';
import {
  CfnApi,
  CfnStage,
  CorsHttpMethod,
  type CorsPreflightOptions,
  HttpApi,
  HttpMethod,
  HttpNoneAuthorizer,
  HttpRoute,
  type HttpRouteIntegrationBindOptions,
  HttpRouteKey,
  HttpStage,
  type IHttpRouteAuthorizer,
} from 'aws-cdk-lib/aws-apigatewayv2';
import {
  HttpIamAuthorizer,
  HttpJwtAuthorizer,
  HttpLambdaAuthorizer,
  HttpLambdaResponseType,
} from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Construct } from 'constructs';
import { jwksPath, metadataPath, tokenPaths } from '#shared/callers/token-paths.ts';
import type { Settings } from '#shared/deployment/settings.ts';
import { consolePaths, docsPaths, operatorRoutes } from '#shared/permissions/api-routes.ts';
import { AccessLog } from './access-log.ts';
import type { CallerAccess } from './caller-access.ts';
import type { GatewayFunction } from './functions/gateway-function.ts';

/** The HTTP API: every path and method goes to the api function, once the authorizer has let the caller in. */
export class GatewayHttpApi extends Construct {
  readonly api: HttpApi;
  readonly #settings: Settings;
  readonly #stage: HttpStage;

  /** The API comes before the functions, whose environment holds its URL; {@link serve} connects it. */
  constructor(scope: Construct, id: string, { settings }: { settings: Settings }) {
    super(scope, id);
    this.#settings = settings;
    this.api = new HttpApi(this, 'Api', {
      apiName: Stack.of(this).stackName,
      createDefaultStage: false,
      ...(settings.corsOrigins.length > 0 && { corsPreflight: corsPreflight(settings.corsOrigins) }),
    });
    const resource = this.api.node.defaultChild;
    if (!(resource instanceof CfnApi)) throw new TypeError('The API has no CloudFormation resource');
    resource.overrideLogicalId('HttpApi');

    const accessLog = new AccessLog(this, 'AccessLog', {
      retentionDays: settings.accessLogRetentionDays,
      keepData: settings.keepData,
    });
    this.#stage = new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: settings.apiRequestsPerSecond, burstLimit: settings.apiBurstRequests },
      accessLogSettings: accessLog.settings,
    });
  }

  /**
   * Sends every path and method to a function, once the authorizer has let the caller in.
   *
   * @param callerAccess in mode `callers`: what lets callers in, and gives them tokens
   */
  serve({ lambda }: GatewayFunction, callerAccess: CallerAccess | undefined): void {
    const { auth, corsOrigins, docs, console } = this.#settings;
    const integration = new OnceAllowedIntegration('Api', lambda);
    const authorizer = createAuthorizer(auth, callerAccess);
    new HttpRoute(this.api, 'DefaultRoute', {
      httpApi: this.api,
      routeKey: HttpRouteKey.DEFAULT,
      integration,
      authorizer,
      authorizationScopes: auth.mode === 'jwt' && auth.scopes.length > 0 ? auth.scopes : undefined,
    });
    if (callerAccess !== undefined) this.#serveTokens(callerAccess);
    if (corsOrigins.length > 0) {
      this.#openRoute({
        path: '/{proxy+}',
        methods: [HttpMethod.OPTIONS],
        integration,
        reason: 'CORS preflights carry no credentials by specification, and OPTIONS reads and changes nothing.',
        throttle: { ThrottlingRateLimit: 20, ThrottlingBurstLimit: 40 },
      });
    }
    for (const path of docs === 'open' ? docsPaths : []) {
      this.#openRoute({
        path,
        methods: [HttpMethod.GET, HttpMethod.HEAD],
        integration,
        reason: 'The description of the API is the same in every deployment and reveals nothing of this one.',
        throttle: { ThrottlingRateLimit: 5, ThrottlingBurstLimit: 10 },
      });
    }
    for (const path of console === 'on' ? consolePaths : []) {
      this.#openRoute({
        path,
        methods: [HttpMethod.GET, HttpMethod.HEAD],
        integration,
        reason:
          'The files of the page are the same in every deployment; what the page shows it asks for with credentials.',
        // A page is some ten files, which browsers keep.
        throttle: { ThrottlingRateLimit: 20, ThrottlingBurstLimit: 60 },
      });
    }
    // With routes of their own API Gateway asks IAM about them by name, and tells the function that it has.
    if (auth.mode === 'iam') {
      for (const { method, path } of operatorRoutes) {
        this.api.addRoutes({ path, methods: [HttpMethod[method]], integration, authorizer });
      }
    }
  }

  #serveTokens({ functions }: CallerAccess): void {
    const integration = new OnceAllowedIntegration('CallerToken', functions['caller-token'].lambda);
    // Clients keep a token for hours.
    const route = { integration, throttle: { ThrottlingRateLimit: 20, ThrottlingBurstLimit: 40 } };
    for (const path of tokenPaths) {
      const reason = 'Here callers get the token that all other routes ask for; the function checks id and secret.';
      this.#openRoute({ ...route, path, methods: [HttpMethod.POST], reason });
    }
    for (const path of [jwksPath, metadataPath]) {
      const reason = 'Public keys and addresses, for anybody to read.';
      this.#openRoute({ ...route, path, methods: [HttpMethod.GET, HttpMethod.HEAD], reason });
    }
  }

  /** The URL of the gateway, without a slash at the end. */
  get url(): string {
    return this.api.apiEndpoint;
  }

  /**
   * A route without credentials: a browser sends none by itself, and the $default route would ask for them. Its limits are its own,
   * so that anonymous traffic uses up nothing of what callers have.
   */
  #openRoute({ path, methods, integration, reason, throttle }: OpenRoute): void {
    const stage = this.#stage.node.defaultChild;
    if (!(stage instanceof CfnStage)) throw new TypeError('The stage has no CloudFormation resource');
    for (const route of this.api.addRoutes({ path, methods, integration, authorizer: new HttpNoneAuthorizer() })) {
      Validations.of(route).acknowledge({ id: 'AwsSolutions-APIG4', reason });
      // API Gateway refuses settings of routes that do not exist yet.
      stage.node.addDependency(route);
    }
    const limits = methods.map((method) => [`${method} ${path}`, throttle]);
    stage.routeSettings = { ...stage.routeSettings, ...Object.fromEntries(limits) };
  }
}

/**
 * Lets API Gateway invoke a function once for each path, and for none beside `$default`, whose permission has all of them: CDK's own adds
 * one for each route and method, and the policy of a function may have 20 KB.
 */
class OnceAllowedIntegration extends HttpLambdaIntegration {
  readonly #allowed = new Set<string | undefined>();

  protected override completeBind(options: HttpRouteIntegrationBindOptions): void {
    const { path } = options.route;
    if (this.#allowed.has(undefined) || this.#allowed.has(path)) return;
    this.#allowed.add(path);
    super.completeBind(options);
  }
}

interface OpenRoute {
  path: string;
  methods: HttpMethod[];
  integration: OnceAllowedIntegration;
  /** Why it takes no credentials. */
  reason: string;
  /** In the words of CloudFormation: requests a second, and at once. */
  throttle: { ThrottlingRateLimit: number; ThrottlingBurstLimit: number };
}

const createAuthorizer = (auth: Settings['auth'], callerAccess: CallerAccess | undefined): IHttpRouteAuthorizer => {
  if (auth.mode === 'iam') return new HttpIamAuthorizer();
  if (auth.mode === 'jwt') return new HttpJwtAuthorizer('Bearer', auth.issuer, { jwtAudience: auth.audiences });
  if (callerAccess === undefined) throw new TypeError('Mode callers needs its functions');
  return new HttpLambdaAuthorizer('Callers', callerAccess.functions.authorize.lambda, {
    responseTypes: [HttpLambdaResponseType.SIMPLE],
    identitySource: ['$request.header.Authorization'],
    // A caller that is disabled is out after this long.
    resultsCacheTtl: Duration.minutes(1),
  });
};

const corsPreflight = (allowOrigins: string[]): CorsPreflightOptions => ({
  allowOrigins,
  allowMethods: [
    CorsHttpMethod.GET,
    CorsHttpMethod.HEAD,
    CorsHttpMethod.POST,
    CorsHttpMethod.PUT,
    CorsHttpMethod.DELETE,
  ],
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
    'x-label',
    'x-model-version',
    'x-output-name',
    'x-priority',
    'x-request-id',
  ],
  exposeHeaders: ['link', 'location', 'preference-applied', 'retry-after'],
  maxAge: Duration.hours(1),
});
