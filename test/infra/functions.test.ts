import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { services } from '#shared/adobe/services/registry.ts';
import {
  apiEnvironment,
  dispatchEnvironment,
  generateEnvironment,
  inboxEnvironment,
  passthroughEnvironment,
} from '#shared/deployment/job-environments.ts';
import { type FunctionName, functionNames } from '#shared/deployment/names.ts';
import {
  authorizeEnvironment,
  callerTokenEnvironment,
  notifyEnvironment,
  secretRotationEnvironment,
  signingKeyEnvironment,
  thumbnailEnvironment,
  tokenRefreshEnvironment,
} from '#shared/deployment/support-environments.ts';
import { downloadHosts, statusHosts } from '#shared/deployment/urls.ts';
import { flatten, granted } from './granted.ts';
import { durableFunctions } from './permission-terms.ts';
import { ofType, type Resource, synthesise } from './synthesise.ts';

const { template, resources, stack } = synthesise();

const functionOf = (found: Record<string, Resource>, name: FunctionName): Resource => {
  const resource = Object.values(found).find(
    ({ Type, Properties }) =>
      Type === 'AWS::Lambda::Function' && Properties['FunctionName'] === `firefly-gateway-test-${name}`,
  );
  if (resource === undefined) throw new Error(`The template has no function ${name}`);
  return resource;
};

const environmentOf = (found: Record<string, Resource>, name: FunctionName): Record<string, string> => {
  const { Variables } = functionOf(found, name).Properties['Environment'] as { Variables: Record<string, unknown> };
  return Object.fromEntries(Object.entries(Variables).map(([variable, value]) => [variable, flatten(value)]));
};

const readers: Record<FunctionName, (variables: Record<string, string>) => unknown> = {
  api: apiEnvironment.read,
  dispatch: dispatchEnvironment.read,
  generate: generateEnvironment.read,
  inbox: inboxEnvironment.read,
  notify: notifyEnvironment.read,
  passthrough: passthroughEnvironment.read,
  thumbnail: thumbnailEnvironment.read,
  'token-refresh': tokenRefreshEnvironment.read,
  'secret-rotation': secretRotationEnvironment.read,
  'caller-token': callerTokenEnvironment.read,
  authorize: authorizeEnvironment.read,
  'signing-key': signingKeyEnvironment.read,
};

/** Known at the deployment only. */
const apiUrl = flatten({ 'Fn::GetAtt': ['HttpApi', 'ApiEndpoint'] });

describe.each(functionNames)('the function %s', (name) => {
  it('runs on Node 24 and arm64, untraced, with a log group of its own', () => {
    expect(functionOf(resources, name).Properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'start.handler',
      LoggingConfig: { LogGroup: { Ref: expect.any(String) } },
    });
    expect(functionOf(resources, name).Properties).not.toHaveProperty('TracingConfig');
    template.hasResource('AWS::Logs::LogGroup', {
      Properties: { LogGroupName: `/aws/lambda/firefly-gateway-test-${name}`, RetentionInDays: 30 },
      DeletionPolicy: 'Delete',
    });
  });

  it('accepts its environment', () => {
    const entries = Object.entries(environmentOf(resources, name));
    const variables = entries.map(([variable, value]) => [variable, value.replace(apiUrl, 'https://example.com')]);
    expect(() => readers[name](Object.fromEntries(variables))).not.toThrow();
  });

  it('has the variables that all functions share', () => {
    expect(environmentOf(resources, name)).toMatchObject({
      STACK_NAME: 'firefly-gateway-test',
      POWERTOOLS_SERVICE_NAME: 'firefly-gateway-test',
      POWERTOOLS_METRICS_NAMESPACE: 'FireflyGateway',
      POWERTOOLS_LOG_LEVEL: 'INFO',
    });
  });
});

describe('tracing', () => {
  it('traces every function where it is set, with the permissions that it needs', () => {
    const traced = synthesise({ tracing: true });
    const roles = granted(traced.stack, traced.resources);
    for (const name of functionNames) {
      expect(functionOf(traced.resources, name).Properties['TracingConfig']).toEqual({ Mode: 'Active' });
      expect(roles.get(name)?.filter((atom) => atom.startsWith('xray:'))).toEqual([
        'xray:PutTelemetryRecords on everything',
        'xray:PutTraceSegments on everything',
      ]);
    }
  });
});

describe('generate', () => {
  it('is durable, and outlives the day for which a job is followed at most', () => {
    const { DurableConfig } = functionOf(resources, 'generate').Properties;
    expect(DurableConfig).toEqual({ ExecutionTimeout: 93_600, RetentionPeriodInDays: 7 });
  });

  it('is invoked by its alias', () => {
    template.hasResourceProperties('AWS::Lambda::Alias', { Name: 'live' });
    expect(environmentOf(resources, 'dispatch')['GENERATE_FUNCTION_ARN']).toMatch(
      /:function:firefly-gateway-test-generate:live$/,
    );
  });

  it('may start the next turn through dispatch for as long as there are jobs', () => {
    for (const name of functionNames) {
      const { RecursiveLoop } = functionOf(resources, name).Properties;
      expect(RecursiveLoop).toBe(['dispatch', 'generate', 'inbox'].includes(name) ? 'Allow' : undefined);
    }
  });

  it('sends the token to Adobe and to the hosts of the stage only', () => {
    const variables = environmentOf(
      synthesise({
        services: { firefly: { baseUrl: 'https://firefly.example.com' } },
        gatewayUrl: 'https://gateway.example.com',
        extraStatusHosts: ['.example.net'],
        extraDownloadHosts: ['https://files.example.org'],
      }).resources,
      'generate',
    );
    const environment = generateEnvironment.read(variables);
    expect(statusHosts(environment)).toEqual(['.adobe.io', 'https://firefly.example.com', '.example.net']);
    expect(downloadHosts(environment)).toEqual(
      expect.arrayContaining(['.s3.*.amazonaws.com', 'https://firefly.example.com', 'https://files.example.org']),
    );
  });
});

describe('what a durable function could not work off', () => {
  it('is kept in a queue', () => {
    const queueArn = stack.resolve(stack.failures.queueArn);
    const configs = ofType(resources, 'AWS::Lambda::EventInvokeConfig').filter(({ Properties }) =>
      JSON.stringify(Properties['Qualifier']).includes('Aliaslive'),
    );
    expect(configs).toHaveLength(durableFunctions.length);
    for (const { Properties } of configs) {
      expect(Properties['DestinationConfig']).toEqual({ OnFailure: { Destination: queueArn } });
    }
  });

  it('is kept of thumbnail as well, and of nothing that the clock starts: the next run does it, and silence is an alarm', () => {
    const configs = ofType(resources, 'AWS::Lambda::EventInvokeConfig').map(({ Properties }) => Properties);
    const keeping = configs.filter((config) => config['DestinationConfig'] !== undefined);
    expect(keeping).toHaveLength(durableFunctions.length + 1);
    const dispatch = { Ref: stack.resolve(stack.functions.dispatch.lambda.functionName).Ref };
    const ofDispatch = configs.find(({ FunctionName }) => JSON.stringify(FunctionName) === JSON.stringify(dispatch));
    expect(ofDispatch).toMatchObject({ MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 });
    expect(ofDispatch).not.toHaveProperty('DestinationConfig');
  });

  it('keeps the versions that executions run on, but not one whose deployment was rolled back', () => {
    const versions = ofType(resources, 'AWS::Lambda::Version');
    expect(versions).toHaveLength(durableFunctions.length);
    for (const { DeletionPolicy, UpdateReplacePolicy } of versions) {
      expect([DeletionPolicy, UpdateReplacePolicy]).toEqual(['RetainExceptOnCreate', 'Retain']);
    }
  });
});

describe('notify', () => {
  it('never calls the machine that it runs on, as it may in the embedded stack', () => {
    for (const name of functionNames) expect(environmentOf(resources, name)).not.toHaveProperty('WEBHOOK_LOOPBACK');
  });
});

describe('settings', () => {
  it('reach the functions that need them', () => {
    const { resources: found } = synthesise({
      services: { firefly: { requestsPerMinute: 8, requestsPerDay: 10_000 } },
      submitGraceSeconds: 5,
      outputUrlLifetimeSeconds: 600,
      outputMaxBytes: 5_000_000,
      jobRetentionDays: 10,
      gatewayUrl: 'https://firefly.example.com',
      logLevel: 'DEBUG',
      adobeImsUrl: 'https://ims.example.com',
      adobeIoUrl: 'https://io.example.com',
      generationScopes: ['openid', 'firefly_api'],
      managementScopes: ['openid', 'read_client_secret'],
      rotationDays: 7,
      secretGraceHours: 50,
      secretUnusedHours: 30,
      propagationSeconds: 90,
    });
    const limits = {
      SERVICES: '{"firefly":{"requestsPerMinute":8,"requestsPerDay":10000}}',
      SUBMIT_GRACE_SECONDS: '5',
    };
    expect(environmentOf(found, 'api')).toMatchObject({
      ...limits,
      OUTPUT_URL_LIFETIME_SECONDS: '600',
      JOB_RETENTION_DAYS: '10',
      POWERTOOLS_LOG_LEVEL: 'DEBUG',
    });
    expect(environmentOf(found, 'dispatch')).toMatchObject(limits);
    for (const name of ['api', 'dispatch', 'generate', 'inbox'] as const) {
      expect(environmentOf(found, name)['GATEWAY_URL']).toBe('https://firefly.example.com');
      expect(environmentOf(resources, name)['GATEWAY_URL']).toBe(apiUrl);
    }
    expect(environmentOf(found, 'generate')).toMatchObject({ ...limits, OUTPUT_MAX_BYTES: '5000000' });
    expect(environmentOf(found, 'token-refresh')).toMatchObject({
      ADOBE_IMS_URL: 'https://ims.example.com',
      GENERATION_SCOPES: 'openid,firefly_api',
    });
    expect(environmentOf(found, 'secret-rotation')).toMatchObject({
      ADOBE_IMS_URL: 'https://ims.example.com',
      ADOBE_IO_URL: 'https://io.example.com',
      MANAGEMENT_SCOPES: 'openid,read_client_secret',
      ROTATION_DAYS: '7',
      SECRET_GRACE_HOURS: '50',
      SECRET_UNUSED_HOURS: '30',
      PROPAGATION_SECONDS: '90',
    });
    expect(functionOf(found, 'secret-rotation').Properties['Timeout']).toBe(390);
  });

  it('with every service on fit, and ask for the scopes of all', () => {
    const every = synthesise({ services: Object.fromEntries(services.map(({ id }) => [id, {}])) }).resources;
    const scopes = environmentOf(every, 'token-refresh')['GENERATION_SCOPES']?.split(',');
    for (const service of services) expect(scopes).toEqual(expect.arrayContaining([...(service.scopes ?? [])]));
    for (const name of functionNames) {
      const variables = Object.entries(environmentOf(every, name)).map(([key, value]) => key + flatten(value));
      expect(Buffer.byteLength(variables.join(''))).toBeLessThan(3_500);
    }
    expect(Object.keys(JSON.parse(environmentOf(every, 'token-refresh')['SERVICE_ACCESS'] ?? '{}')).sort()).toEqual(
      services.map(({ id }) => id).sort(),
    );
  });

  it('name no account and no region', () => {
    expect(stack.resolve(stack.account)).toEqual({ Ref: 'AWS::AccountId' });
    expect(stack.resolve(stack.region)).toEqual({ Ref: 'AWS::Region' });
    template.templateMatches(Match.not(Match.objectLike({ Mappings: Match.anyValue() })));
  });
});
