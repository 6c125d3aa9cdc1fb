import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generationScopes, managementScopes } from '#shared/adobe/auth/scopes.ts';
import { operations } from '#shared/adobe/services/registry.ts';
import { type FunctionDefinition, functionArn } from './lambda/function-definition.ts';
import type { StackNames, StackSettings } from './stack-settings.ts';

/** What the functions are told about the servers around them. */
export interface FunctionEndpoints {
  gateway: string;
  firefly: string;
  ims: string;
  ioManagement: string;
  s3: string;
  dynamodb: string;
  secretsManager: string;
  lambda: string;
  eventBridge: string;
}

const folders: Record<FunctionKey, string> = {
  api: 'api',
  dispatch: 'dispatch',
  generate: 'generate',
  inbox: 'inbox',
  notify: 'notify',
  tokenRefresh: 'token-refresh',
  secretRotation: 'secret-rotation',
};

/** The source of a function. */
export const handlerSource = (key: FunctionKey): string =>
  fileURLToPath(new URL(`../functions/${folders[key]}/handler.ts`, import.meta.url));

/** The functions by what they do. */
export type FunctionKey = keyof StackNames['functions'];

/** The functions as the stack in AWS has them: the same handlers, the same names of settings. */
export const functionDefinitions = (
  names: StackNames,
  settings: StackSettings,
  endpointsOf: (name: FunctionKey) => FunctionEndpoints,
  handlers: Partial<Record<FunctionKey, string>> = {},
): FunctionDefinition[] => {
  const common = {
    STACK_NAME: names.stack,
    TABLE_NAME: names.table,
    POWERTOOLS_SERVICE_NAME: names.stack,
    POWERTOOLS_METRICS_NAMESPACE: 'FireflyGateway',
    POWERTOOLS_LOG_LEVEL: 'INFO',
  };
  const shared = (name: FunctionKey) => {
    const { gateway, s3, dynamodb, secretsManager, lambda, eventBridge } = endpointsOf(name);
    return {
      ...common,
      GATEWAY_URL: gateway,
      AWS_ENDPOINT_URL_S3: s3,
      AWS_ENDPOINT_URL_DYNAMODB: dynamodb,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager,
      AWS_ENDPOINT_URL_LAMBDA: lambda,
      AWS_ENDPOINT_URL_EVENTBRIDGE: eventBridge,
    };
  };
  const limits = {
    REQUESTS_PER_MINUTE: String(settings.requestsPerMinute),
    REQUESTS_PER_DAY: String(settings.requestsPerDay),
    SUBMIT_GRACE_SECONDS: String(settings.submitGraceSeconds),
  };
  const scopes = { GENERATION_SCOPES: generationScopes.join(','), MANAGEMENT_SCOPES: managementScopes.join(',') };
  const webhooks = {
    WEBHOOK_TABLE_NAME: names.webhookTable,
    NOTIFY_FUNCTION_ARN: functionArn(names.functions.notify, 'live'),
    WEBHOOK_LOOPBACK: 'allowed',
  };
  const inputs = {
    INPUT_BUCKETS: settings.inputBuckets.join(','),
    INPUT_MAX_BYTES: String(settings.inputMaxBytes),
  };
  const override = {
    firstPollSeconds: settings.pollSeconds,
    pollCeilingSeconds: settings.pollSeconds,
    timeoutSeconds: settings.jobTimeoutSeconds,
  };
  const OPERATIONS = JSON.stringify(Object.fromEntries(operations.map(({ name }) => [name, override])));
  return [
    {
      name: names.functions.api,
      handlerPath: handlers.api ?? handlerSource('api'),
      timeoutMs: 29_000,
      maxConcurrency: settings.apiConcurrency,
      env: {
        ...shared('api'),
        ...limits,
        BUCKET_NAME: names.bucket,
        EVENT_BUS_NAME: names.eventBus,
        ACCESS_TOKEN_SECRET_ID: names.accessTokenSecret,
        DISPATCH_FUNCTION_NAME: names.functions.dispatch,
        OUTPUT_URL_LIFETIME_SECONDS: String(settings.outputUrlLifetimeSeconds),
        JOB_RETENTION_DAYS: '90',
        ...inputs,
        ...webhooks,
        FIREFLY_API_URL: endpointsOf('api').firefly,
        OPERATIONS,
        OPERATORS: JSON.stringify('everybody'),
        GATEWAY_VERSION: settings.version,
        DOCS_ASSETS_DIRECTORY: dirname(fileURLToPath(import.meta.resolve('swagger-ui-dist/package.json'))),
      },
    },
    {
      name: names.functions.dispatch,
      handlerPath: handlers.dispatch ?? handlerSource('dispatch'),
      timeoutMs: 50_000,
      maxConcurrency: 2,
      env: {
        ...shared('dispatch'),
        ...limits,
        EVENT_BUS_NAME: names.eventBus,
        GENERATE_FUNCTION_ARN: functionArn(names.functions.generate, 'live'),
        INBOX_FUNCTION_ARN: functionArn(names.functions.inbox, 'live'),
      },
    },
    {
      name: names.functions.generate,
      handlerPath: handlers.generate ?? handlerSource('generate'),
      timeoutMs: 600_000,
      maxConcurrency: settings.generateConcurrency,
      durable: { executionTimeoutSeconds: 7_200 },
      env: {
        ...shared('generate'),
        ...limits,
        BUCKET_NAME: names.bucket,
        EVENT_BUS_NAME: names.eventBus,
        ACCESS_TOKEN_SECRET_ID: names.accessTokenSecret,
        TOKEN_REFRESH_FUNCTION_NAME: names.functions.tokenRefresh,
        DISPATCH_FUNCTION_NAME: names.functions.dispatch,
        FIREFLY_API_URL: endpointsOf('generate').firefly,
        STATUS_HOSTS: ['.adobe.io', ...settings.trustedOrigins].join(','),
        DOWNLOAD_HOSTS: ['.adobe.io', '.amazonaws.com', '.windows.net', ...settings.trustedOrigins].join(','),
        OUTPUT_MAX_BYTES: String(settings.outputMaxBytes),
        ...inputs,
        OPERATIONS,
      },
    },
    {
      name: names.functions.inbox,
      handlerPath: handlers.inbox ?? handlerSource('inbox'),
      timeoutMs: 900_000,
      maxConcurrency: 2,
      durable: { executionTimeoutSeconds: 86_400 },
      env: {
        ...shared('inbox'),
        ...limits,
        BUCKET_NAME: names.bucket,
        EVENT_BUS_NAME: names.eventBus,
        DISPATCH_FUNCTION_NAME: names.functions.dispatch,
        OPERATIONS,
        BATCH_MAX_BYTES: String(settings.batchMaxBytes),
        BATCH_MAX_LINES: String(settings.batchMaxLines),
        JOB_RETENTION_DAYS: '90',
      },
    },
    {
      name: names.functions.notify,
      handlerPath: handlers.notify ?? handlerSource('notify'),
      timeoutMs: 60_000,
      maxConcurrency: 4,
      durable: { executionTimeoutSeconds: 2 * 86_400 },
      env: { ...shared('notify'), ...webhooks },
    },
    {
      name: names.functions.tokenRefresh,
      handlerPath: handlers.tokenRefresh ?? handlerSource('tokenRefresh'),
      timeoutMs: 60_000,
      maxConcurrency: 2,
      env: {
        ...shared('tokenRefresh'),
        ...scopes,
        CLIENT_CREDENTIALS_SECRET_ID: names.clientCredentialsSecret,
        ACCESS_TOKEN_SECRET_ID: names.accessTokenSecret,
        ADOBE_IMS_URL: endpointsOf('tokenRefresh').ims,
      },
    },
    {
      name: names.functions.secretRotation,
      handlerPath: handlers.secretRotation ?? handlerSource('secretRotation'),
      timeoutMs: 180_000,
      maxConcurrency: 2,
      env: {
        ...shared('secretRotation'),
        ...scopes,
        INTENT_TABLE_NAME: names.intentTable,
        CLIENT_CREDENTIALS_SECRET_ID: names.clientCredentialsSecret,
        ADOBE_IMS_URL: endpointsOf('secretRotation').ims,
        ADOBE_IO_URL: endpointsOf('secretRotation').ioManagement,
        FIREFLY_API_URL: endpointsOf('secretRotation').firefly,
        TOKEN_REFRESH_FUNCTION_NAME: names.functions.tokenRefresh,
        SECRET_GRACE_HOURS: '48',
        SECRET_UNUSED_HOURS: '24',
        PROPAGATION_SECONDS: '60',
        ROTATION_DAYS: '30',
      },
    },
  ];
};
