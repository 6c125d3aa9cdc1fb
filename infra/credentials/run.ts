import { setTimeout as delay } from 'node:timers/promises';
import type { Sleep } from '#shared/adobe/http/retry.ts';
import { systemClock } from '#shared/clock.ts';
import { GatewayError } from '#shared/errors.ts';
import { type AwsClients, createAwsClients } from './aws-clients.ts';
import { checkOnly } from './check.ts';
import { killCompromised } from './compromised.ts';
import { UsageError } from './errors.ts';
import { checkField } from './field-check/field-check.ts';
import type { Environment } from './inputs.ts';
import { type Action, readOptions, usage, variables } from './options.ts';
import { rotateNow } from './rotate.ts';
import { openSession, type Session } from './session.ts';
import { setUp } from './set-up.ts';
import { createOutput, openPrompt, type Terminal } from './terminal.ts';

/** The process that the command runs in. */
export interface Surroundings {
  args: string[];
  env: Environment;
  stdin: Terminal['input'];
  stdout: NodeJS.WritableStream;
  stderr: NodeJS.WritableStream;
  /** Emits `SIGINT` when the operator breaks off. */
  signals: Session['signals'];
  /** Waits for some ms; by default as long as it says. */
  sleep?: Sleep;
}

const actions: Record<Action, (session: Session) => Promise<void>> = {
  'set-up': setUp,
  check: checkOnly,
  rotate: rotateNow,
  compromised: killCompromised,
  'field-check': checkField,
};

/**
 * Runs `npm run credentials`.
 *
 * @returns the exit code: 0 done, 1 it failed or a check failed, 2 the command line or the environment is wrong
 */
export const runCredentials = async ({
  args,
  env,
  stdin,
  stdout,
  stderr,
  signals,
  sleep = async (ms) => void (await delay(ms)),
}: Surroundings): Promise<number> => {
  const output = createOutput({ stdout, stderr });
  output.conceal(env[variables.clientSecret]?.trim() ?? '');
  let aws: AwsClients | undefined;
  try {
    const options = readOptions(args);
    if (options.help) {
      output.say(usage);
      return 0;
    }
    aws = createAwsClients(options);
    const prompt = openPrompt({ input: stdin, output: stderr });
    const session = await openSession({ options, env, output, prompt, signals, clock: systemClock, sleep, aws });
    await actions[options.action](session);
    return 0;
  } catch (error) {
    output.complain(explainError(error, advice));
    return error instanceof UsageError ? 2 : 1;
  } finally {
    aws?.close();
  }
};

const advice =
  'The role needs DescribeSecret, GetSecretValue, PutSecretValue and RotateSecret on the secret client-credentials, GetFunctionConfiguration and InvokeFunction on token-refresh and secret-rotation, GetItem on the job table; --check also GetAccountSettings of Lambda.';

/**
 * What a command tells the operator of an error.
 *
 * @param permissions the sentence that names what the operator's role needs
 */
export const explainError = (error: unknown, permissions: string): string => {
  if (error instanceof GatewayError) return error.message;
  if (!(error instanceof Error)) return String(error);
  const found = awsAdvice(error, permissions);
  // Without a word for the operator it is ours to mend, and the place helps.
  return found === undefined ? (error.stack ?? error.message) : `${error.message}\n${found}`;
};

/** What helps against the refusals of AWS that have nothing to do with the gateway. */
const awsAdvice = (error: Error, permissions: string): string | undefined => {
  const named: Record<string, string> = {
    CredentialsProviderError: 'Log in to AWS, or name a profile with --profile.',
    ExpiredTokenException: 'The AWS session has expired: log in again.',
    UnrecognizedClientException: 'AWS does not know these AWS credentials: log in again.',
    AccessDeniedException: permissions,
  };
  if (/^Region is missing/.test(error.message)) return 'Name the region with --region, or set AWS_REGION.';
  if ('$fault' in error) return named[error.name] ?? `AWS refused (${error.name}).`;
  return named[error.name] ?? ('$metadata' in error ? 'AWS could not be reached.' : undefined);
};
