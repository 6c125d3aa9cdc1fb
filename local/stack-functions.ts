import type { ConsoleVariables } from '#shared/deployment/console.ts';
import {
  apiEnvironment,
  dispatchEnvironment,
  generateEnvironment,
  inboxEnvironment,
  passthroughEnvironment,
} from '#shared/deployment/job-environments.ts';
import { durableAlias, type FunctionName, functionNames } from '#shared/deployment/names.ts';
import { getServiceAccess } from '#shared/deployment/services.ts';
import {
  authorizeEnvironment,
  callerTokenEnvironment,
  commonEnvironment,
  notifyEnvironment,
  secretRotationEnvironment,
  signingKeyEnvironment,
  thumbnailEnvironment,
  tokenRefreshEnvironment,
} from '#shared/deployment/support-environments.ts';
import { getTimeouts } from '#shared/deployment/timeouts.ts';
import type { AccessKey } from '#shared/loopback-guard.ts';
import { metricNamespace } from '#shared/metrics.ts';
import packageJson from '../package.json' with { type: 'json' };
import { type FunctionDefinition, functionArn } from './lambda/function-definition.ts';
import { findHandler } from './programs.ts';
import type { AdobeEndpoints } from './stack-adobe.ts';
import { type StackSettings, stackNames } from './stack-settings.ts';

/** What the functions are told about the servers around them. */
export interface FunctionEndpoints extends AdobeEndpoints {
  gateway: string;
  s3: string;
  dynamodb: string;
  secretsManager: string;
  lambda: string;
  eventBridge: string;
}

const write: Record<FunctionName, (values: ReturnType<typeof variables>) => Record<string, string>> = {
  api: apiEnvironment.write,
  dispatch: dispatchEnvironment.write,
  generate: generateEnvironment.write,
  inbox: inboxEnvironment.write,
  notify: notifyEnvironment.write,
  passthrough: passthroughEnvironment.write,
  thumbnail: thumbnailEnvironment.write,
  'token-refresh': tokenRefreshEnvironment.write,
  'secret-rotation': secretRotationEnvironment.write,
  'caller-token': callerTokenEnvironment.write,
  authorize: authorizeEnvironment.write,
  'signing-key': signingKeyEnvironment.write,
};

/** All that the functions of the stack are told; each takes what is its own. */
const variables = (settings: StackSettings, endpoints: FunctionEndpoints) => {
  const { gateway, firefly, ims, ioManagement } = endpoints;
  const services = placeServices(settings, endpoints);
  return {
    ...settings,
    services,
    serviceAccess: getServiceAccess(services),
    extraStatusHosts: [...settings.extraStatusHosts, ...settings.trustedOrigins],
    extraDownloadHosts: [...settings.extraDownloadHosts, ...settings.trustedOrigins],
    adobeImsUrl: ims,
    adobeIoUrl: ioManagement,
    fireflyApiUrl: firefly,
    gatewayUrl: gateway,
    stackName: stackNames.stack,
    tableName: stackNames.table,
    webhookTableName: stackNames.webhookTable,
    rotationTableName: stackNames.rotationTable,
    callerTableName: stackNames.callerTable,
    auditTableName: stackNames.auditTable,
    signingKeySecretId: stackNames.signingKeySecret,
    bucketName: stackNames.bucket,
    eventBusName: stackNames.eventBus,
    accessTokenSecretId: stackNames.accessTokenSecret,
    clientCredentialsSecretId: stackNames.clientCredentialsSecret,
    dispatchFunctionName: stackNames.functions.dispatch,
    passthroughFunctionName: stackNames.functions.passthrough,
    thumbnailFunctionName: settings.thumbnails ? stackNames.functions.thumbnail : undefined,
    tokenRefreshFunctionName: stackNames.functions['token-refresh'],
    generateFunctionArn: functionArn(stackNames.functions.generate, durableAlias),
    inboxFunctionArn: functionArn(stackNames.functions.inbox, durableAlias),
    notifyFunctionArn: functionArn(stackNames.functions.notify, durableAlias),
    webhookLoopback: 'allowed' as const,
    operators: settings.auth.mode === 'iam' ? ('policy' as const) : ('everybody' as const),
    singleSignOn: settings.auth.mode === 'iam' ? settings.auth.singleSignOn : ('users' as const),
    gatewayVersion: packageJson.version,
    console: describeConsole(settings, endpoints),
    powertoolsServiceName: stackNames.stack,
    powertoolsMetricsNamespace: metricNamespace,
    powertoolsLogLevel: settings.logLevel,
  };
};

const describeConsole = (
  { consoleDirectory, consoleSignIn, isSimulated }: StackSettings,
  { s3 }: FunctionEndpoints,
): ConsoleVariables | undefined =>
  consoleDirectory === undefined
    ? undefined
    : {
        directory: consoleDirectory,
        authMode: 'none',
        simulated: isSimulated,
        bucketOrigin: new URL(s3).origin,
        ...consoleSignIn,
      };

/** The services that are on, each at its endpoint. */
const placeServices = (settings: StackSettings, { firefly, services }: FunctionEndpoints) =>
  Object.fromEntries(
    Object.entries(settings.services).map(([id, own]) => [
      id,
      { ...own, baseUrl: { ...services, firefly }[id] ?? own.baseUrl },
    ]),
  );

// The AWS SDK finds its servers by these.
const awsEndpoints = ({ s3, dynamodb, secretsManager, lambda, eventBridge }: FunctionEndpoints) => ({
  AWS_ENDPOINT_URL_S3: s3,
  AWS_ENDPOINT_URL_DYNAMODB: dynamodb,
  AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager,
  AWS_ENDPOINT_URL_LAMBDA: lambda,
  AWS_ENDPOINT_URL_EVENTBRIDGE: eventBridge,
});

// What is needed again and again while jobs run, and for longer than the minute after which the schedule needs dispatch: to start it
// would cost more than to keep it.
const keptMs: Partial<Record<FunctionName, number>> = { api: 60_000, generate: 30_000, dispatch: 90_000 };

// A burst that is over when the second sandbox is ready had the processor taken from it by what was to speed it up. Nobody waits for
// thumbnails, and a sandbox that makes them takes more memory than any other.
const growMs: Partial<Record<FunctionName, number>> = { thumbnail: 2_000 };
const defaultGrowMs = 300;

/**
 * The functions as the stack in AWS has them: the same handlers, variables and time-outs.
 *
 * @param savesSandboxes whether a further sandbox is started only for what has waited, else at once as in AWS
 */
export const functionDefinitions = (
  settings: StackSettings,
  endpointsOf: (name: FunctionName) => FunctionEndpoints,
  handlers: Partial<Record<FunctionName, string>> = {},
  accessKeys: Partial<Record<FunctionName, AccessKey>> = {},
  savesSandboxes = false,
): FunctionDefinition[] => {
  const timeouts = getTimeouts(settings);
  const concurrency: Partial<Record<FunctionName, number>> = {
    api: settings.apiConcurrency,
    generate: settings.generateConcurrency,
    notify: 4,
  };
  return functionNames.map((name) => {
    const { timeoutSeconds, executionSeconds } = timeouts[name];
    const endpoints = endpointsOf(name);
    const values = variables(settings, endpoints);
    return {
      name: stackNames.functions[name],
      handlerPath: handlers[name] ?? findHandler(name),
      accessKey: accessKeys[name],
      timeoutMs: timeoutSeconds * 1000,
      maxConcurrency: concurrency[name] ?? 2,
      growMs: savesSandboxes ? (growMs[name] ?? defaultGrowMs) : 0,
      keptMs: keptMs[name],
      durable: executionSeconds === undefined ? undefined : { executionTimeoutSeconds: executionSeconds },
      env: { ...commonEnvironment.write(values), ...awsEndpoints(endpoints), ...write[name](values) },
    };
  });
};
