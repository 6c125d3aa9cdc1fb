import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { operatorRoutes as operators } from '#shared/permissions/api-routes.ts';
import { ofType, only, synthesise } from './synthesise.ts';

const iam = synthesise({ auth: { mode: 'iam' } });
const callers = synthesise();

// The description of the API: the same for everybody.
const readRoutes = (...paths: string[]) => paths.flatMap((path) => [`GET ${path}`, `HEAD ${path}`]);
const consoleRoutes = readRoutes('/', '/console', '/console/{proxy+}');
const openRoutes = [...readRoutes('/openapi.json', '/docs', '/docs/{file}'), ...consoleRoutes];
const tokenRoutes = [
  'POST /ims/token/v3',
  'POST /oauth2/token',
  ...['/.well-known/jwks.json', '/.well-known/oauth-authorization-server'].flatMap((path) => [
    `GET ${path}`,
    `HEAD ${path}`,
  ]),
];
const operatorRoutes = operators.map(({ method, path }) => `${method} ${path}`);

describe('the HTTP API', () => {
  it('sends every path and method to the api function in payload format 2.0', () => {
    expect(ofType(iam.resources, 'AWS::ApiGatewayV2::Route').map(({ Properties }) => Properties['RouteKey'])).toEqual([
      '$default',
      ...openRoutes,
      ...operatorRoutes,
    ]);
    iam.template.hasResourceProperties('AWS::ApiGatewayV2::Integration', {
      IntegrationType: 'AWS_PROXY',
      PayloadFormatVersion: '2.0',
      IntegrationUri: iam.stack.resolve(iam.stack.functions.api.lambda.functionArn),
    });
  });

  it('asks for SigV4 in iam mode and offers a policy to its callers and one to its operators', () => {
    iam.template.hasResourceProperties('AWS::ApiGatewayV2::Route', { AuthorizationType: 'AWS_IAM' });
    iam.template.hasOutput('CallerPolicyArn', {});
    iam.template.hasOutput('OperatorPolicyArn', {});
    for (const RouteKey of operatorRoutes) {
      iam.template.hasResourceProperties('AWS::ApiGatewayV2::Route', { RouteKey, AuthorizationType: 'AWS_IAM' });
    }
  });

  it('asks for one of the scopes of the stage, on every route that asks for a token', () => {
    const { resources } = synthesise({
      auth: { mode: 'jwt', issuer: 'https://id.example.com', audiences: ['gateway'], scopes: ['images:make', 'admin'] },
      docs: 'callers',
    });
    const guarded = ofType(resources, 'AWS::ApiGatewayV2::Route').filter(
      ({ Properties }) => Properties['AuthorizationType'] !== 'NONE',
    );
    expect(guarded).not.toEqual([]);
    for (const { Properties } of guarded) expect(Properties['AuthorizationScopes']).toEqual(['images:make', 'admin']);
  });

  it('tells the function who is one caller among users of IAM Identity Center', () => {
    const tells = (template: typeof iam.template, SINGLE_SIGN_ON: string) =>
      template.hasResourceProperties('AWS::Lambda::Function', {
        Environment: { Variables: Match.objectLike({ SINGLE_SIGN_ON }) },
      });
    tells(iam.template, 'users');
    tells(synthesise({ auth: { mode: 'iam', singleSignOn: 'permissionSets' } }).template, 'permissionSets');
  });

  it('asks its own authorizer by default, and has open routes where callers get their tokens', () => {
    const { template, resources, stack } = callers;
    template.hasResourceProperties('AWS::ApiGatewayV2::Route', { RouteKey: '$default', AuthorizationType: 'CUSTOM' });
    template.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      AuthorizerType: 'REQUEST',
      EnableSimpleResponses: true,
      IdentitySource: ['$request.header.Authorization'],
      AuthorizerResultTtlInSeconds: 60,
    });
    const open = ofType(resources, 'AWS::ApiGatewayV2::Route').filter(
      ({ Properties }) => Properties['AuthorizationType'] === 'NONE',
    );
    expect(open.map(({ Properties }) => Properties['RouteKey'])).toEqual([...tokenRoutes, ...openRoutes]);
    expect(
      ofType(resources, 'AWS::ApiGatewayV2::Integration').map(({ Properties }) => Properties['IntegrationUri']),
    ).toEqual(expect.arrayContaining([stack.resolve(stack.functions['caller-token']?.lambda.functionArn)]));
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ OPERATORS: '"callers"' }) },
    });
    expect(ofType(resources, 'AWS::IAM::ManagedPolicy')).toEqual([]);
  });

  it.each([{ mode: 'iam' }, { mode: 'jwt', issuer: 'https://id.example.com', audiences: ['gateway'] }])(
    'has nothing of tokens of its own in mode $mode',
    (auth) => {
      const { resources } = synthesise({ auth });
      const text = JSON.stringify(resources);
      for (const part of ['caller-token', 'SigningKey', '/ims/token']) expect(text).not.toContain(part);
    },
  );

  it('asks for tokens of the issuer in jwt mode', () => {
    const { template, resources } = synthesise({
      auth: { mode: 'jwt', issuer: 'https://id.example.com/', audiences: ['gateway', 'other'], operators: ['ops'] },
    });
    template.hasResourceProperties('AWS::ApiGatewayV2::Route', {
      RouteKey: '$default',
      AuthorizationType: 'JWT',
      AuthorizationScopes: Match.absent(),
    });
    template.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: { Audience: ['gateway', 'other'], Issuer: 'https://id.example.com/' },
    });
    expect(ofType(resources, 'AWS::IAM::ManagedPolicy')).toEqual([]);
    // The function knows the operators by the subjects of their tokens.
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ OPERATORS: '["ops"]' }) },
    });
  });

  it('limits the rate and logs each request, but no query, header or body', () => {
    const { template } = synthesise({
      apiRequestsPerSecond: 7,
      apiBurstRequests: 9,
      logRetentionDays: 14,
      accessLogRetentionDays: 14,
    });
    template.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      StageName: '$default',
      AutoDeploy: true,
      DefaultRouteSettings: { ThrottlingRateLimit: 7, ThrottlingBurstLimit: 9 },
      AccessLogSettings: {
        DestinationArn: Match.anyValue(),
        Format: Match.stringLikeRegexp('^\\{.*"status":"\\$context.status".*\\}$'),
      },
    });
    const { Format } = only(iam.resources, 'AWS::ApiGatewayV2::Stage').Properties['AccessLogSettings'] as {
      Format: string;
    };
    expect(Format).not.toMatch(/querystring|header|body/i);
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 14 });
  });

  it('knows no CORS unless origins are set', () => {
    iam.template.hasResourceProperties('AWS::ApiGatewayV2::Api', { CorsConfiguration: Match.absent() });
  });

  it.each([{ mode: 'iam' }, { mode: 'jwt', issuer: 'https://id.example.com', audiences: ['gateway'] }])(
    'answers preflights of set origins without credentials, in mode $mode',
    (auth) => {
      const { template, resources } = synthesise({ auth, corsOrigins: ['https://app.example.com'] });
      template.hasResourceProperties('AWS::ApiGatewayV2::Api', {
        CorsConfiguration: {
          AllowOrigins: ['https://app.example.com'],
          AllowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'],
          AllowHeaders: Match.arrayWith([
            'authorization',
            'content-type',
            'idempotency-key',
            'prefer',
            'x-model-version',
          ]),
          ExposeHeaders: Match.arrayWith(['link', 'location', 'retry-after']),
        },
      });
      const open = ofType(resources, 'AWS::ApiGatewayV2::Route').filter(
        ({ Properties }) => Properties['AuthorizationType'] === 'NONE',
      );
      expect(open.map(({ Properties }) => Properties['RouteKey'])).toEqual(['OPTIONS /{proxy+}', ...openRoutes]);
    },
  );

  it('gives what is open to everybody limits of its own, far below those of callers', () => {
    const { template, resources } = synthesise({ auth: { mode: 'iam' }, corsOrigins: ['https://app.example.com'] });
    const { RouteSettings, DefaultRouteSettings } = only(resources, 'AWS::ApiGatewayV2::Stage').Properties as Record<
      string,
      Record<string, Record<string, number> | number>
    >;
    expect(Object.keys(RouteSettings ?? {})).toEqual(['OPTIONS /{proxy+}', ...openRoutes]);
    for (const [route, limits] of Object.entries(RouteSettings ?? {})) {
      const [rate, burst] = route.startsWith('OPTIONS') ? [20, 40] : consoleRoutes.includes(route) ? [20, 60] : [5, 10];
      expect(limits).toEqual({ ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst });
    }
    expect(DefaultRouteSettings).toMatchObject({ ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 });
    // API Gateway refuses settings of a route that it does not have yet.
    const openIds = Object.keys(
      template.findResources('AWS::ApiGatewayV2::Route', { Properties: { AuthorizationType: 'NONE' } }),
    );
    expect(only(resources, 'AWS::ApiGatewayV2::Stage').DependsOn).toEqual(expect.arrayContaining(openIds));
  });

  it.each(['callers', 'off'])('has no open route for a description that is shown to %s', (docs) => {
    const { template, resources } = synthesise({ auth: { mode: 'iam' }, docs, console: 'off' });
    template.resourcePropertiesCountIs('AWS::ApiGatewayV2::Route', { AuthorizationType: 'NONE' }, 0);
    const allowed = JSON.stringify(
      ofType(resources, 'AWS::IAM::ManagedPolicy').filter(({ Properties }) =>
        /May call/.test(String(JSON.stringify(Properties['Description']))),
      ),
    );
    for (const path of ['/openapi.json', '/docs"', '/docs/*']) expect(allowed.includes(path)).toBe(docs === 'callers');
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ DOCS: docs }) },
    });
  });

  it('lets callers read the description from which the console builds its forms, where nobody else may', () => {
    const { resources } = synthesise({ auth: { mode: 'iam' }, docs: 'off', console: 'on' });
    const policies = JSON.stringify(ofType(resources, 'AWS::IAM::ManagedPolicy'));
    expect(policies).toContain('/openapi.json');
    expect(policies).not.toContain('/docs');
    const open = ofType(resources, 'AWS::ApiGatewayV2::Route').filter(
      ({ Properties }) => Properties['AuthorizationType'] === 'NONE',
    );
    expect(JSON.stringify(open)).not.toContain('/openapi.json');
  });

  it('sets concurrency aside for its function only where that is asked for: a new account has none to spare', () => {
    iam.template.allResourcesProperties('AWS::Lambda::Function', { ReservedConcurrentExecutions: Match.absent() });
    const { template } = synthesise({ apiReservedConcurrency: 40 });
    template.resourcePropertiesCountIs('AWS::Lambda::Function', { ReservedConcurrentExecutions: 40 }, 1);
    template.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: 'firefly-gateway-test-api',
      ReservedConcurrentExecutions: 40,
    });
  });

  it('names its URL, or the one that stands before it', () => {
    iam.template.hasOutput('GatewayUrl', { Value: iam.stack.resolve(iam.stack.httpApi.url) });
    const custom = synthesise({ gatewayUrl: 'https://firefly.example.com' });
    custom.template.hasOutput('GatewayUrl', { Value: 'https://firefly.example.com' });
  });
});
