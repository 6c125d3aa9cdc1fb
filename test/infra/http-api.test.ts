import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { ofType, only, synthesise } from './synthesise.ts';

const iam = synthesise();

// The description of the API: the same for everybody.
const openRoutes = ['/openapi.json', '/docs', '/docs/{file}'].flatMap((path) => [`GET ${path}`, `HEAD ${path}`]);
const operatorRoutes = ['GET /queue', 'HEAD /queue', 'PUT /queue/pause', 'PUT /queue/resume'];

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

  it('asks for SigV4 by default and offers a policy to its callers and one to its operators', () => {
    iam.template.hasResourceProperties('AWS::ApiGatewayV2::Route', { AuthorizationType: 'AWS_IAM' });
    iam.template.hasOutput('CallerPolicyArn', {});
    iam.template.hasOutput('OperatorPolicyArn', {});
    for (const RouteKey of operatorRoutes) {
      iam.template.hasResourceProperties('AWS::ApiGatewayV2::Route', { RouteKey, AuthorizationType: 'AWS_IAM' });
    }
  });

  it('asks for tokens of the issuer in jwt mode', () => {
    const { template, resources } = synthesise({
      auth: { mode: 'jwt', issuer: 'https://id.example.com/', audiences: ['gateway', 'other'], operators: ['ops'] },
    });
    template.hasResourceProperties('AWS::ApiGatewayV2::Route', { RouteKey: '$default', AuthorizationType: 'JWT' });
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
    const { template } = synthesise({ apiRequestsPerSecond: 7, apiBurstRequests: 9, logRetentionDays: 14 });
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

  it('names its URL, or the one that stands before it', () => {
    iam.template.hasOutput('GatewayUrl', { Value: iam.stack.resolve(iam.stack.httpApi.url) });
    const custom = synthesise({ gatewayUrl: 'https://firefly.example.com' });
    custom.template.hasOutput('GatewayUrl', { Value: 'https://firefly.example.com' });
  });
});
