import { parseArgs } from 'node:util';
import { readStackName } from '#shared/deployment/names.ts';
import cdkJson from '../../cdk.json' with { type: 'json' };
import { UsageError } from '../credentials/errors.ts';

const { stage: defaultStage }: { stage?: string } = cdkJson.context;

const defaultPort = 3310;

/** What the command was asked for. */
export interface ConsoleOptions {
  stack: string;
  region?: string;
  profile?: string;
  /** 0 for any that is free. */
  port: number;
  json: boolean;
}

export const usage = `npm run console -- [options]

The console of a stage whose callers are AWS principals (auth mode "iam"), at an address of this machine: each of its calls is signed with your AWS
credentials, so that you see and may do what your role may. It runs until Ctrl-C. The other auth modes need no command: there people sign in
at the gateway's own address, under /console/.

  --stage NAME                 stage of cdk.json (default ${defaultStage ?? 'none'})
  --region, --profile          where the stack is; by default as with any AWS tool
  --port N                     of this machine (default ${defaultPort}; 0 for any that is free)
  --json                       for programs: one JSON document with the address on stdout
  --help                       this text

The address that it prints has a key that is good until the command ends: whoever has it calls the gateway as you.
The role needs the calls that you want to make, such as OperatorPolicyArn of the stack, and GetFunctionConfiguration on the function api.

Environment
  AWS_ENDPOINT_URL_LAMBDA      an embedded stack, as "npm start -- --json" prints it, with --stage local

Exit code: 0 ended by Ctrl-C, 1 it failed, 2 the command line is wrong.`;

/**
 * Reads the command line.
 *
 * @returns `help` if that is asked for
 * @throws {UsageError} naming what is unknown or does not fit
 */
export const readOptions = (args: string[]): ConsoleOptions | 'help' => {
  const values = parse(args);
  if (values.help) return 'help';
  const { stage = defaultStage, region, profile, port = String(defaultPort), json = false } = values;
  if (stage === undefined) throw new UsageError('cdk.json names no stage: name one with --stage.');
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) throw new UsageError('--port takes a number from 0 to 65535.');
  return { stack: readStackName(stage), region, profile, port: Number(port), json };
};

const parse = (args: string[]) => {
  try {
    const { values } = parseArgs({
      args,
      options: {
        stage: { type: 'string' },
        region: { type: 'string' },
        profile: { type: 'string' },
        port: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    return values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)} --help lists the options.`);
  }
};
