import type { FunctionName } from '#shared/deployment/names.ts';
import type { AccessKey } from '#shared/loopback-guard.ts';
import { endlessSpace } from './data/disk-space.ts';
import { memoryState } from './data/state.ts';
import { createDeadLetters } from './dead-letters.ts';
import { applyRules, defaultBusName, objectCreatedEvent, readKeyPrefixes, stackRules } from './event-rules.ts';
import { type BusEvent, startEventBridge } from './eventbridge.ts';
import { createIamAccess } from './http-api/iam-access.ts';
import { startHttpApi } from './http-api/start-http-api.ts';
import { createAuthorizer, type Identity } from './iam/authorizer.ts';
import type { Resumed } from './lambda/invocations.ts';
import { type Lambda, startLambda } from './lambda/start-lambda.ts';
import { createOpenServers } from './open-servers.ts';
import { startS3 } from './s3/start-s3.ts';
import { type SecretsManagerServer, startSecretsManager } from './secrets-manager/server.ts';
import { ServiceError } from './service-error.ts';
import type { Simulator } from './simulator/simulator.ts';
import { limitSimulator, startAdobe } from './stack-adobe.ts';
import { sourceArns } from './stack-arns.ts';
import { type FunctionEndpoints, functionDefinitions } from './stack-functions.ts';
import { createIdentities, partitionKeys, type StackIdentities } from './stack-identities.ts';
import { createInvokers, type Invokers } from './stack-invokers.ts';
import {
  hasStarted,
  keepCredentials,
  keepPort,
  keptSchedules,
  noteStart,
  readPort,
  readSimulatedCredential,
} from './stack-kept.ts';
import type { StackOptions } from './stack-options.ts';
import { createResources } from './stack-resources.ts';
import { startSchedules } from './stack-schedules.ts';
import { stackNames, stackSettings } from './stack-settings.ts';
import { stackTables } from './stack-tables.ts';
import { startToken } from './stack-token.ts';
import { startDynamoDbThread } from './start-dynamodb.ts';

/** URLs and names of a running stack, as `npm start -- --json` prints them. */
export interface StackDescription extends FunctionEndpoints, AccessKey {
  bucket: string;
  table: string;
  accessTokenSecret: string;
  clientCredentialsSecret: string;
}

/** A running stack. */
export interface Stack {
  description: StackDescription;
  /** The simulated Adobe; undefined if every part is played by another server. */
  simulator: Simulator | undefined;
  lambda: Lambda;
  /** Puts every due rotation and every schedule's work into the test's hands. */
  secretsManager: SecretsManagerServer;
  /** What each function signs with. */
  identities: Readonly<Record<FunctionName, Identity>>;
  /** Who may call, in mode `iam`. */
  signers: StackIdentities['signers'];
  /** Runs a function as its schedule does. */
  runSchedule: Invokers['runSchedule'];
  /** What an earlier process left and now goes on. */
  resumed: Resumed;
  /** Ends everything at once. */
  close(): Promise<void>;
}

/** Starts the whole gateway on 127.0.0.1: the functions of the stack in AWS against servers with AWS's protocols. */
export const startStack = async (options: StackOptions = {}): Promise<Stack> => {
  const progress = options.onProgress ?? (() => {});
  const onLog = options.onLog ?? (() => {});
  const target = options.target ?? {};
  const { open, add, close: closeServers } = createOpenServers();
  const close = async () => {
    await closeServers();
    options.data?.state.close();
  };
  try {
    const { data } = options;
    const state = data?.state ?? memoryState;
    const space = data?.space ?? endlessSpace;
    const { admin, functions, schedules, signers, directory, keys } = createIdentities(
      stackSettings(options.settings ?? {}, options.services),
      options.onDecision !== undefined,
      keepCredentials(state),
    );
    const { accessKeyId, secretAccessKey } = admin;
    const accessKey: AccessKey = { accessKeyId, secretAccessKey };
    const onDecision = options.onDecision ?? (() => {});
    const authorizer = createAuthorizer(directory, onDecision);
    const deadLetters = createDeadLetters(authorizer, functions, onLog);
    const pages = { origins: options.settings?.corsOrigins, anyPort: options.between !== undefined };
    const guard = { anyPort: pages.anyPort, accessKeyIds: Object.keys(keys) };
    const lambda = await open(
      startLambda({
        onLog,
        onExecutionFinished: options.onExecutionFinished,
        onGivenUp: deadLetters.sendFailure,
        guard,
        authorizer,
        state,
        pageLimits: options.operationPages,
        room: space.room,
      }),
    );
    const invokers = createInvokers(lambda, authorizer, schedules);
    const gateway = await open(
      startHttpApi({
        port: options.port ?? 0,
        invokeApi: invokers.api.invokeApi,
        callers: invokers.api,
        iamAccess:
          signers && createIamAccess({ authorizer, signers: Object.values(signers), httpApi: sourceArns.httpApi }),
        onError: (error) => onLog(stackNames.functions.api, errorLine(error)),
        cors: { allowOrigins: options.settings?.corsOrigins ?? [] },
        anyPort: pages.anyPort,
        isStorageLow: space.isLow,
      }),
    );
    const onError = (name: string, error: unknown) => onLog(name, errorLine(error));
    const rules = stackRules(stackSettings(options.settings ?? {}, options.services));
    const startByRules = applyRules(rules, invokers.startByRule, ({ name, functionReference }, error) => {
      onError(functionReference, error);
      if (error instanceof ServiceError) deadLetters.sendUndelivered(name, 'an event');
    });
    const onEvent = (event: BusEvent, busName: string) => {
      options.onEvent?.(event);
      return startByRules(event, busName);
    };
    progress('starting DynamoDB, S3, Secrets Manager, EventBridge and Lambda on this machine');
    const [dynamoDb, s3, secretsManager, eventBridge] = await Promise.all([
      open(
        startDynamoDbThread(
          {
            guard,
            policies: { directory, partitionKeys },
            path: data?.dynamodb,
            isTemporary: options.temporaryTables,
            tables: stackTables,
            onRebuilt: (name) => progress(`the indexes of ${name} were built anew: an older gateway wrote them`),
          },
          onDecision,
        ),
      ),
      open(
        startS3({
          bucket: stackNames.bucket,
          port: readPort(state, 's3'),
          storageDirectory: data?.s3,
          keys,
          directory,
          onDecision,
          guard: { ...pages, origins: [...(pages.origins ?? []), ...listOwnOrigins(gateway.url)] },
          eventPrefixes: readKeyPrefixes(rules),
          onObjectCreated: (created) => onEvent(objectCreatedEvent(created), defaultBusName),
        }),
      ),
      open(
        startSecretsManager({
          guard,
          authorizer,
          state,
          invokeFunction: invokers.rotate,
        }),
      ),
      open(startEventBridge({ onEvent, guard, authorizer })),
    ]);
    keepPort(state, 's3', s3.url);
    const urls = { s3: s3.url, dynamodb: dynamoDb.url, secretsManager: secretsManager.url, ...accessKey };
    const adobe = await open(
      startAdobe(target, options.services ?? [], {
        ...(data && { credential: await readSimulatedCredential(urls) }),
        ...limitSimulator(options.settings, options.simulator),
        anyPort: pages.anyPort,
        storageOrigins: [s3.url],
      }),
    );
    const endpoints: FunctionEndpoints = {
      gateway: gateway.url,
      ...adobe.endpoints,
      s3: s3.url,
      dynamodb: dynamoDb.url,
      secretsManager: secretsManager.url,
      lambda: lambda.url,
      eventBridge: eventBridge.url,
    };
    progress(adobe.description);
    const { firefly, ims, ioManagement } = endpoints;
    const origins = [firefly, ims, ioManagement, ...Object.values(endpoints.services)];
    const trustedOrigins = [...(options.settings?.trustedOrigins ?? []), ...origins];
    const settings = stackSettings(
      {
        ...options.settings,
        trustedOrigins: [...new Set(trustedOrigins)],
        isSimulated: adobe.simulator !== undefined,
      },
      options.services ?? [],
    );
    const proxied = (await options.between?.(endpoints)) ?? {};
    const endpointsOf = (name: FunctionName) => ({ ...endpoints, ...proxied[name] });
    const { handlers, savesSandboxes } = options;
    for (const definition of functionDefinitions(settings, endpointsOf, await handlers, functions, savesSandboxes)) {
      lambda.addFunction(definition);
    }
    progress('creating tables and secrets');
    await createResources(urls, target, settings, state);
    progress('refreshing the access token, and making the key that signs the tokens of callers');
    const tokenOptions = { mayWait: hasStarted(state), onWarning: options.onWarning };
    await Promise.all([open(startToken(lambda, tokenOptions)), secretsManager.rotationsSettled()]);
    noteStart(state);
    const resumed = lambda.resume();
    secretsManager.resume();
    s3.announce();
    if (options.schedules ?? true) {
      add(startSchedules(invokers.runSchedule, secretsManager, onError, keptSchedules(data, urls, settings)));
    }
    return {
      description: { ...describeStack(endpoints), ...accessKey },
      simulator: adobe.simulator,
      lambda,
      secretsManager,
      identities: functions,
      runSchedule: invokers.runSchedule,
      signers,
      resumed,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
};

/** The console's own, whichever name of this machine it was opened by. */
const listOwnOrigins = (gatewayUrl: string): string[] => [gatewayUrl, gatewayUrl.replace('127.0.0.1', 'localhost')];

const describeStack = (endpoints: FunctionEndpoints): Omit<StackDescription, keyof AccessKey> => {
  const { bucket, table, accessTokenSecret, clientCredentialsSecret } = stackNames;
  return { ...endpoints, bucket, table, accessTokenSecret, clientCredentialsSecret };
};

const errorLine = (error: unknown): string => JSON.stringify({ level: 'ERROR', message: String(error) });
