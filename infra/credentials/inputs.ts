import type { ClientCredentials } from '#shared/adobe/auth/stored-credentials.ts';
import {
  buildConsoleUrl,
  type ConsoleLocation,
  consoleUrlPattern,
  readConsoleUrl,
} from '#shared/adobe/console/console-url.ts';
import { UsageError } from './errors.ts';
import { variables } from './options.ts';
import type { Prompt } from './terminal.ts';

/** The credential as the operator hands it over. */
export interface GivenCredentials extends ConsoleLocation {
  clientId: string;
  clientSecret: string;
}

/** The environment of the command. */
export type Environment = Record<string, string | undefined>;

const read = (env: Environment, name: keyof typeof variables): string | undefined =>
  env[variables[name]]?.trim() || undefined;

/** Whether any part of a credential is in the environment. */
export const isGiven = (env: Environment): boolean =>
  (Object.keys(variables) as (keyof typeof variables)[]).some((name) => read(env, name) !== undefined);

/**
 * Takes the credential from the environment and asks for what is not there; what is stored already need not be typed
 * again.
 *
 * @param prompt undefined without a terminal
 * @throws {UsageError} naming every variable that is missing or malformed, without a terminal
 */
export const readGiven = async (
  env: Environment,
  prompt: Prompt | undefined,
  stored: ClientCredentials | undefined,
): Promise<GivenCredentials> => {
  const clientId = read(env, 'clientId');
  const clientSecret = read(env, 'clientSecret');
  const consoleUrl = read(env, 'consoleUrl');
  const ids = consoleUrl === undefined ? undefined : parseUrl(consoleUrl, variables.consoleUrl);
  if (clientId !== undefined && clientSecret !== undefined && ids !== undefined) {
    return { clientId, clientSecret, ...ids };
  }
  if (prompt === undefined) {
    const missing = Object.entries({ clientId, clientSecret, consoleUrl }).filter(([, value]) => value === undefined);
    const names = missing.map(([name]) => variables[name as keyof typeof variables]);
    throw new UsageError(
      `Missing: ${names.join(', ')}. Set ${names.length === 1 ? 'it' : 'them'} in the environment, ` +
        'or run this at a terminal to be asked. --help tells more.',
    );
  }
  const id = clientId ?? (await askClientId(prompt, stored));
  const own = stored?.clientId === id ? stored : undefined;
  return {
    clientId: id,
    clientSecret: clientSecret ?? (await askSecret(prompt, own)),
    ...(ids ?? (await askIds(prompt, own))),
  };
};

const askClientId = async (prompt: Prompt, stored: ClientCredentials | undefined): Promise<string> => {
  const answer = await prompt.ask(stored ? `Client id [${stored.clientId}]: ` : 'Client id: ');
  return answer || stored?.clientId || askClientId(prompt, stored);
};

const askSecret = async (prompt: Prompt, stored: ClientCredentials | undefined): Promise<string> => {
  const question = stored ? 'Client secret (not shown) [the stored one]: ' : 'Client secret (not shown): ';
  const answer = await prompt.askHidden(question);
  return answer || stored?.clientSecret || askSecret(prompt, stored);
};

const askIds = async (prompt: Prompt, stored: ClientCredentials | undefined): Promise<ConsoleLocation> => {
  const known = stored && readIds(stored);
  const answer = await prompt.ask(
    known
      ? `Address of the credential's page [${buildConsoleUrl(known)}]: `
      : `Address of the credential's page in the Developer Console,\n${consoleUrlPattern}: `,
  );
  if (answer === '') return known ?? askIds(prompt, stored);
  return parseUrl(answer, 'The address of the page');
};

const parseUrl = (text: string, what: string): ConsoleLocation => {
  const ids = readConsoleUrl(text);
  if (ids !== undefined) return ids;
  throw new UsageError(`${what} must be like ${consoleUrlPattern}, and all three ids are numbers.`);
};

const readIds = ({ orgId, projectId, credentialId }: ClientCredentials): ConsoleLocation | undefined =>
  orgId !== undefined && projectId !== undefined && credentialId !== undefined
    ? { orgId, projectId, credentialId }
    : undefined;
