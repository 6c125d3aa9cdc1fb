import { services as definitions } from '#shared/adobe/services/registry.ts';
import type { ConsoleVariables } from '#shared/deployment/console.ts';
import {
  eventBusName,
  type FunctionName,
  functionNames,
  lambdaName,
  readStackName,
  secretNames,
} from '#shared/deployment/names.ts';
import { type Settings, settingsSchema } from '#shared/deployment/settings.ts';

/** What only the embedded stack can be set. */
interface OwnSettings {
  /** Origins besides Adobe's own hosts that status URLs and outputs may lie on. */
  trustedOrigins: string[];
  /** Sandboxes of the API that may run at the same time. */
  apiConcurrency: number;
  /** Sandboxes of generate that may run at the same time; waiting jobs hold none. */
  generateConcurrency: number;
  /** Where the console's built files are, or will be; without it there is no console. */
  consoleDirectory?: string;
  /** How the console lets people in, to try what it does in AWS; by default it asks nobody. */
  consoleSignIn?: Partial<ConsoleVariables>;
  /** Whether a simulator plays Adobe. */
  isSimulated: boolean;
}

/** Settings of the embedded stack: those of a stage, and its own. */
export type StackSettings = Settings & OwnSettings;

/** What is set differently from the defaults; some settings of the services have a short form here. */
export interface StackChanges extends Partial<StackSettings> {
  /** Firefly's limit of a minute. */
  requestsPerMinute?: number;
  /** Firefly's limit of a UTC day. */
  requestsPerDay?: number;
  /** Seconds between polls of a job at Adobe; by default the pauses grow as each operation has it. */
  pollSeconds?: number;
  /** Seconds after which a job that Adobe does not finish is given up; by default each operation's own. */
  jobTimeoutSeconds?: number;
}

/**
 * The defaults of a stage in AWS, with what is changed; requests of a caller are not limited, as nearly all are of one.
 *
 * @param serviceIds of the services that are on beside Firefly
 */
export const stackSettings = (changes: StackChanges, serviceIds: readonly string[] = []): StackSettings => {
  const { trustedOrigins = [], apiConcurrency = 4, generateConcurrency = 4, ...given } = changes;
  const { consoleDirectory, consoleSignIn, isSimulated = true, ...rest } = given;
  const { requestsPerMinute, requestsPerDay, pollSeconds, jobTimeoutSeconds, ...stage } = rest;
  const followed = {
    firstPollSeconds: pollSeconds,
    pollCeilingSeconds: pollSeconds,
    timeoutSeconds: jobTimeoutSeconds,
  };
  const isOn = (id: string) => ['firefly', ...serviceIds, ...Object.keys(stage.services ?? {})].includes(id);
  const services = definitions
    .filter(({ id }) => isOn(id))
    .map(({ id, operations }) => [
      id,
      {
        ...(id === 'firefly' && { requestsPerMinute, requestsPerDay }),
        operations: Object.fromEntries(operations.map(({ name }) => [name, followed])),
        ...stage.services?.[id],
      },
    ]);
  return {
    ...settingsSchema().parse({
      callerRequestsPerSecond: 10_000,
      // Whoever runs the stack is its only caller, or plays several: no priority is kept from anybody.
      callerDefaults: { maxPriority: 'high' },
      ...stage,
      services: { ...stage.services, ...Object.fromEntries(services) },
    }),
    trustedOrigins,
    apiConcurrency,
    generateConcurrency,
    consoleDirectory,
    consoleSignIn,
    isSimulated,
  };
};

const stack = readStackName('local');

/** Names of the embedded stack's resources, as `cdk deploy` would name them for the stage `local`. */
export const stackNames = {
  stack,
  bucket: `${stack}-outputs`,
  table: `${stack}-jobs`,
  rotationTable: `${stack}-rotation`,
  webhookTable: `${stack}-webhooks`,
  eventBus: eventBusName(stack),
  callerTable: `${stack}-callers`,
  auditTable: `${stack}-audit`,
  accessTokenSecret: secretNames(stack).accessToken,
  clientCredentialsSecret: secretNames(stack).clientCredentials,
  signingKeySecret: secretNames(stack).signingKey,
  functions: Object.fromEntries(functionNames.map((name) => [name, lambdaName(stack, name)])) as Record<
    FunctionName,
    string
  >,
};
