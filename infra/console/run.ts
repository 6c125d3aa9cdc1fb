import * as z from 'zod';
import { type AwsClients, createAwsClients } from '../credentials/aws-clients.ts';
import { CredentialsError, UsageError } from '../credentials/errors.ts';
import { explainError } from '../credentials/run.ts';
import { readEnvironment } from '../credentials/stack-functions.ts';
import { createOutput } from '../credentials/terminal.ts';
import { createForward } from './forward.ts';
import { type ConsoleOptions, readOptions, usage } from './options.ts';
import { serveConsole } from './server.ts';

/** What the command is run with. */
export interface ConsoleSurroundings {
  args: string[];
  stdout: NodeJS.WritableStream;
  stderr: NodeJS.WritableStream;
  /** Emits `SIGINT` or `SIGTERM` when the console is to end. */
  signals: Pick<NodeJS.EventEmitter, 'once' | 'off'>;
}

/**
 * Runs `npm run console`: the console of a stage in auth mode `iam`, until it is interrupted.
 *
 * @returns the exit code: 0 ended, 1 it failed, 2 the command line is wrong
 */
export const runConsole = async ({ args, stdout, stderr, signals }: ConsoleSurroundings): Promise<number> => {
  const output = createOutput({ stdout, stderr });
  let aws: AwsClients | undefined;
  try {
    const options = readOptions(args);
    if (options === 'help') {
      output.say(usage);
      return 0;
    }
    aws = createAwsClients(options);
    const ended = untilInterrupted(signals);
    const { forward, gatewayUrl } = await openGateway(aws, options);
    const server = await serveConsole(forward, { port: options.port, explain: (error) => explainError(error, advice) });
    if (options.json) output.say(JSON.stringify({ url: server.url, gateway: gatewayUrl }));
    else {
      output.say(`Console     ${server.url}`);
      output.say(`Gateway     ${gatewayUrl}`);
      output.say('Each call is signed with your AWS credentials. Ctrl-C ends it.');
    }
    await ended;
    await server.close();
    return 0;
  } catch (error) {
    output.complain(isPortTaken(error) ? portTaken : explainError(error, advice));
    return error instanceof UsageError ? 2 : 1;
  } finally {
    aws?.close();
  }
};

const advice = 'The role needs GetFunctionConfiguration on the function api.';

const portTaken =
  'The port is taken, perhaps by another console: name another one with --port, or 0 for any that is free.';

const isPortTaken = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';

const untilInterrupted = (signals: ConsoleSurroundings['signals']): Promise<void> =>
  new Promise((resolve) => {
    const end = () => {
      signals.off('SIGINT', end).off('SIGTERM', end);
      resolve();
    };
    signals.once('SIGINT', end).once('SIGTERM', end);
  });

const configSchema = z.object({ authMode: z.string() });

/** @throws {CredentialsError} if there is no console, or none that a signature lets in */
const openGateway = async ({ lambda }: AwsClients, { stack }: ConsoleOptions) => {
  const { GATEWAY_URL: gatewayUrl } = await readEnvironment(lambda, stack, 'api');
  if (gatewayUrl === undefined)
    throw new CredentialsError(`AWS does not show the settings of the function api of ${stack}.`);
  const forward = createForward({
    gatewayUrl: gatewayUrl.replace(/\/+$/, ''),
    region: await lambda.config.region(),
    readCredentials: lambda.config.credentials,
  });
  const { status, body } = await forward({ method: 'GET', target: '/console/config.json', headers: {} }).catch(
    (cause: unknown) => {
      // What AWS refuses keeps its own words.
      if (!(cause instanceof TypeError)) throw cause;
      throw new CredentialsError(`The gateway at ${gatewayUrl} cannot be reached from here.`);
    },
  );
  if (status !== 200) {
    throw new CredentialsError(
      `The gateway at ${gatewayUrl} serves no console (${status}): is the setting console on, and the stack of this version?`,
    );
  }
  const { authMode } = configSchema.parse(JSON.parse(new TextDecoder().decode(body)));
  if (authMode !== 'iam') {
    throw new CredentialsError(
      `People sign in on the page itself at this stage (auth mode ${authMode}): open ${gatewayUrl}/console/`,
    );
  }
  return { forward, gatewayUrl };
};
