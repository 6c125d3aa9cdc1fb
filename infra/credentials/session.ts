import type { Sleep } from '#shared/adobe/http/retry.ts';
import { createStatusItems, type StatusItems } from '#shared/aws/status-items.ts';
import type { Clock } from '#shared/clock.ts';
import { secretNames } from '#shared/deployment/names.ts';
import { type Adobe, connectAdobe, readAdobeSettings } from './adobe.ts';
import type { AwsClients } from './aws-clients.ts';
import { CredentialsError, StackNotFoundError } from './errors.ts';
import type { Environment } from './inputs.ts';
import { type ConcurrencyQuota, readConcurrencyQuota } from './lambda-quota.ts';
import type { CredentialsOptions } from './options.ts';
import { openStackFunctions, type StackFunctions } from './stack-functions.ts';
import { openStoredSecret, type StoredSecret } from './stored-secret.ts';
import type { Output, Prompt } from './terminal.ts';

/** What every action of the command works with. */
export interface Session {
  options: CredentialsOptions;
  env: Environment;
  output: Output;
  /** Undefined without a terminal. */
  prompt: Prompt | undefined;
  /** Emits `SIGINT` when the operator breaks off. */
  signals: Pick<NodeJS.EventEmitter, 'once' | 'off'>;
  clock: Clock;
  sleep: Sleep;
  secret: StoredSecret;
  functions: StackFunctions;
  adobe: Adobe;
  /** False for a check before there is a stack. */
  isDeployed: boolean;
  status: Pick<StatusItems, 'readSecretRotation' | 'readTokenRefresh'>;
  readConcurrency(): Promise<ConcurrencyQuota>;
}

/** What a session is opened with. */
export interface SessionOptions {
  options: CredentialsOptions;
  env: Environment;
  output: Output;
  prompt: Prompt | undefined;
  signals: Session['signals'];
  clock: Clock;
  sleep: Sleep;
  aws: AwsClients;
}

/**
 * Finds the stack and its settings.
 *
 * @throws {StackNotFoundError} except for a check, which can be made before there is a stack
 */
export const openSession = async (parts: SessionOptions): Promise<Session> => {
  const { options, env, output, aws, clock, sleep } = parts;
  const functions = openStackFunctions(aws.lambda, options.stack);
  const deployed = await readSettings(functions, options, output);
  const { settings, differing } = readAdobeSettings(env, deployed);
  if (differing.length > 0) {
    output.complain(`Note: the stack uses other settings than the environment: ${differing.join(', ')}.`);
  }
  const tableName = deployed?.['TABLE_NAME'];
  const none = async () => undefined;
  return {
    options,
    env,
    output,
    prompt: parts.prompt,
    signals: parts.signals,
    clock,
    sleep,
    secret: openStoredSecret(aws.secretsManager, secretNames(options.stack).clientCredentials),
    functions,
    adobe: connectAdobe(settings, clock),
    isDeployed: deployed !== undefined,
    status: tableName
      ? createStatusItems({ dynamoDb: aws.dynamoDb, tableName, clock })
      : { readSecretRotation: none, readTokenRefresh: none },
    readConcurrency: () => readConcurrencyQuota(aws.lambda),
  };
};

const readSettings = async (functions: StackFunctions, { action, stack }: CredentialsOptions, output: Output) => {
  try {
    return await functions.readSettings();
  } catch (error) {
    if (!(error instanceof StackNotFoundError) || !['check', 'field-check'].includes(action)) throw error;
    output.say(`There is no stack ${stack} here yet: going by the default settings.`);
    return undefined;
  }
};

/**
 * The stored credentials, whose secrets are never shown from then on.
 *
 * @throws {CredentialsError} if there are none
 */
export const readConfigured = async ({ secret, output, options }: Session) => {
  const { credentials, problem } = await secret.readCurrent();
  if (credentials === undefined) {
    throw new CredentialsError(problem ?? `${options.stack} has no credentials yet: run "npm run credentials" first.`);
  }
  output.conceal(credentials.clientSecret);
  return credentials;
};
