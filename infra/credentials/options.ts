import { parseArgs } from 'node:util';
import { consoleUrlPattern } from '#shared/adobe/console/console-url.ts';
import { readStackName } from '#shared/deployment/names.ts';
import cdkJson from '../../cdk.json' with { type: 'json' };
import { UsageError } from './errors.ts';

const { stage: defaultStage }: { stage?: string } = cdkJson.context;

/** What the command is to do. */
export type Action = 'set-up' | 'check' | 'rotate' | 'compromised' | 'field-check';

/** What the command was asked for. */
export interface CredentialsOptions {
  action: Action;
  stack: string;
  region?: string;
  profile?: string;
  /** Which of the secrets that Adobe lists ours is. */
  secretUuid?: string;
  /** May overwrite the credentials of another client id. */
  replace: boolean;
  /** The uuid of the leaked secret, which confirms its deletion. */
  confirm?: string;
  /** Confirms the deletion of the current secret without its uuid, or the cost of a field check. */
  yes: boolean;
  /** Whether the field check may make and delete client secrets. */
  touchSecrets: boolean;
  /** File for the report of the field check. */
  report: string;
  help: boolean;
}

/** The environment variables that the credential is read from. */
export const variables = {
  clientId: 'FIREFLY_SERVICES_CLIENT_ID',
  clientSecret: 'FIREFLY_SERVICES_CLIENT_SECRET',
  consoleUrl: 'FIREFLY_SERVICES_CREDENTIAL_URL',
} as const;

export const usage = `npm run credentials -- [options]

Gives a deployed gateway its Adobe credential, and repairs it: checks every part against Adobe, stores it in Secrets
Manager and has a token made. May be run again at any time.

  --check               only checks, and writes nothing: the credential in the environment, else the stored one
  --rotate              rotates the client secret now and waits for the end
  --compromised         the secret leaked: rotates now, deletes the leaked one at Adobe, makes sure that it is dead
  --field-check         finds out on your own account what Adobe does not document, with at most 12 paid operations, and
                        writes a report without secrets, prompts, ids and URLs for a public issue; asks before
  --report FILE         with --field-check: where to write it (default field-check.md); JSON if it ends with .json
  --touch-secrets       with --field-check: also makes client secrets, and deletes what it made
  --confirm UUID        with --compromised: the uuid of the leaked secret, instead of being asked for it
  --yes                 with --compromised: the current secret leaked, whatever its uuid; do not ask
                        with --field-check: the cost is known; do not ask
  --secret-uuid UUID    which client secret this is, if Adobe lists two and does not tell
  --replace             overwrite the credential of another client id
  --stage NAME          stage of cdk.json (default ${defaultStage ?? 'none'})
  --stack NAME          name of the stack (default ${readStackName('<stage>')})
  --region, --profile   where the stack is; by default as with any AWS tool
  --help                this text

Environment, else asked for (the secret is not shown). Nothing of it is ever given as an option.
  ${variables.clientId}        client id
  ${variables.clientSecret}    client secret
  ${variables.consoleUrl}   address of the credential's page in the Developer Console:
      ${consoleUrlPattern}
  ADOBE_IMS_URL, ADOBE_IO_URL, FIREFLY_API_URL, GENERATION_SCOPES, MANAGEMENT_SCOPES
                            in place of the settings of the stack
  AWS_ENDPOINT_URL_SECRETS_MANAGER, AWS_ENDPOINT_URL_LAMBDA, AWS_ENDPOINT_URL_DYNAMODB
                            an embedded stack, as "npm start -- --json" prints them, with --stage local

Exit code: 0 done, 1 it failed or a check failed, 2 the command line or the environment is wrong.`;

/**
 * Reads the command line.
 *
 * @throws {UsageError} naming the option that is unknown or does not fit; never repeats a value, which may be a secret
 */
export const readOptions = (args: string[]): CredentialsOptions => {
  const values = parse(args);
  const actions = (['check', 'rotate', 'compromised', 'field-check'] as const).filter((name) => values[name]);
  if (actions.length > 1)
    throw new UsageError(`Only one of ${actions.map((name) => `--${name}`).join(', ')} at a time.`);
  if (values.stack !== undefined && values.stage !== undefined) {
    throw new UsageError('Only one of --stack and --stage: the name of the stack follows from the stage.');
  }
  const [action = 'set-up'] = actions;
  const only = (
    option: 'confirm' | 'yes' | 'replace' | 'secret-uuid' | 'report' | 'touch-secrets',
    ...fitting: Action[]
  ) => {
    if (values[option] !== undefined && !fitting.includes(action)) {
      throw new UsageError(`--${option} does not go with ${action === 'set-up' ? 'setting up' : `--${action}`}.`);
    }
  };
  only('confirm', 'compromised');
  only('yes', 'compromised', 'field-check');
  only('report', 'field-check');
  only('touch-secrets', 'field-check');
  only('replace', 'set-up');
  only('secret-uuid', 'set-up', 'check');
  if (values.confirm !== undefined && values.yes) throw new UsageError('Only one of --confirm and --yes.');
  return {
    action,
    stack: values.stack ?? pickStack(values.stage ?? defaultStage),
    region: values.region,
    profile: values.profile,
    secretUuid: values['secret-uuid'],
    replace: values.replace ?? false,
    confirm: values.confirm,
    yes: values.yes ?? false,
    touchSecrets: values['touch-secrets'] ?? false,
    report: values.report ?? 'field-check.md',
    help: values.help ?? false,
  };
};

const pickStack = (stage: string | undefined): string => {
  if (stage !== undefined) return readStackName(stage);
  throw new UsageError('cdk.json names no stage: name one with --stage.');
};

const parse = (args: string[]) => {
  try {
    return parseArgs({
      args,
      options: {
        check: { type: 'boolean' },
        rotate: { type: 'boolean' },
        compromised: { type: 'boolean' },
        'field-check': { type: 'boolean' },
        report: { type: 'string' },
        'touch-secrets': { type: 'boolean' },
        confirm: { type: 'string' },
        yes: { type: 'boolean', short: 'y' },
        'secret-uuid': { type: 'string' },
        replace: { type: 'boolean' },
        stage: { type: 'string' },
        stack: { type: 'string' },
        region: { type: 'string' },
        profile: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(`${describeRefusal(error)} --help lists the options.`);
  }
};

const describeRefusal = (error: unknown): string => {
  const { code, message } = error as NodeJS.ErrnoException;
  // These would show what was typed, which may be a secret in the wrong place.
  if (code === 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL') {
    return 'There is an argument that is no option. Credentials come from the environment or are asked for.';
  }
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') return message.replace(/^(Unknown option '[^'=]*).*$/s, "$1'.");
  return message;
};
