import { parseArgs } from 'node:util';
import * as z from 'zod';
import { type CallerPolicy, callerPolicySchema } from '#shared/caller-policy.ts';
import { callerNameSchema } from '#shared/callers/caller.ts';
import { readStackName } from '#shared/deployment/names.ts';
import cdkJson from '../../cdk.json' with { type: 'json' };
import { UsageError } from '../credentials/errors.ts';

const { stage: defaultStage }: { stage?: string } = cdkJson.context;

/** What the command can do, and how many arguments each verb takes. */
const verbs = {
  add: 1,
  list: 0,
  show: 1,
  rename: 2,
  operator: 2,
  policy: 1,
  disable: 1,
  enable: 1,
  pause: 1,
  resume: 1,
  remove: 1,
  'secret-add': 1,
  'secret-remove': 2,
} as const;

export type Verb = keyof typeof verbs;

/** What the command was asked for. */
export interface CallersOptions {
  verb: Verb | 'help';
  /** The arguments of the verb. */
  args: string[];
  operator: boolean;
  /** For `policy`: what to change; null takes a rule away. */
  set: { [Rule in keyof CallerPolicy]?: CallerPolicy[Rule] | null };
  /** For `policy`: takes all of it away first. */
  clear: boolean;
  /** For `pause`: in the operator's own words. */
  reason?: string;
  json: boolean;
  yes: boolean;
  stack: string;
  region?: string;
  profile?: string;
}

const rules = Object.keys(callerPolicySchema().shape).join(', ');

export const usage = `npm run callers -- <verb> [arguments] [options]

Who may call the gateway with an id and secret of its own (auth mode "callers"), and what each caller may do (every mode).

  add NAME                     makes a caller; prints its id and secret, the secret this once only
  list                         all callers
  show CALLER                  one caller with its secrets and its policy
  rename CALLER NAME           another name for people; the id stays
  operator CALLER yes|no       whether it may see and pause the queue
  policy CALLER                shows its policy, or changes it with --set and --clear
  disable CALLER               refuses its tokens within a minute; its jobs go on
  enable CALLER                lets it in again, with new tokens
  pause CALLER                 its jobs are kept and get no turns; its requests are still taken
  resume CALLER                its jobs get turns again, within a minute
  remove CALLER                removes the caller for good; its jobs and outputs stay
  secret-add CALLER            a second secret, to change over without a pause; prints it this once only
  secret-remove CALLER SECRET  takes a secret away, and with it the tokens that it got

  --operator                   with add: it may see and pause the queue
  --set RULE=VALUE             with policy: a rule; lists with commas, an empty value takes the rule away. Rules:
                               ${rules}
  --clear                      with policy: takes all rules away first
  --reason TEXT                with pause: why, for those who look at the queue
  --yes                        with remove: do not ask
  --json                       for programs: one JSON document on stdout
  --stage NAME                 stage of cdk.json (default ${defaultStage ?? 'none'})
  --region, --profile          where the stack is; by default as with any AWS tool
  --help                       this text

CALLER is an id (fgw_...), or a name if only one caller has it. For policies and pauses in modes "iam" and "jwt" it is the caller as
jobs bear it: account/role, or the sub of the token.

Environment
  AWS_ENDPOINT_URL_LAMBDA, AWS_ENDPOINT_URL_DYNAMODB
                               an embedded stack, as "npm start -- --json" prints them, with --stage local

Exit code: 0 done, 1 it failed, 2 the command line is wrong.`;

/**
 * Reads the command line.
 *
 * @throws {UsageError} naming what is unknown or does not fit
 */
export const readOptions = (argv: string[]): CallersOptions => {
  const { values, positionals } = parse(argv);
  const common = {
    operator: values.operator ?? false,
    set: readRules(values.set ?? []),
    clear: values.clear ?? false,
    reason: values.reason,
    json: values.json ?? false,
    yes: values.yes ?? false,
    region: values.region,
    profile: values.profile,
  };
  const [verb, ...args] = positionals;
  if (values.help) return { ...common, verb: 'help', args: [], stack: '' };
  if (verb === undefined) throw new UsageError('Name a verb, such as list. --help lists them.');
  if (!isVerb(verb)) throw new UsageError(`There is no verb ${verb}. --help lists them.`);
  if (args.length !== verbs[verb]) {
    throw new UsageError(
      `${verb} takes ${verbs[verb]} argument${verbs[verb] === 1 ? '' : 's'}, not ${args.length}. --help shows them.`,
    );
  }
  if ((values.set !== undefined || values.clear) && verb !== 'policy') {
    throw new UsageError('--set and --clear go with policy only.');
  }
  if (values.reason !== undefined && verb !== 'pause') throw new UsageError('--reason goes with pause only.');
  if (values.operator && verb !== 'add')
    throw new UsageError('--operator goes with add only; use: operator CALLER yes|no');
  const name = verb === 'add' ? args[0] : verb === 'rename' ? args[1] : undefined;
  if (name !== undefined) checkName(name);
  const stage = values.stage ?? defaultStage;
  if (stage === undefined) throw new UsageError('cdk.json names no stage: name one with --stage.');
  return { ...common, verb, args, stack: readStackName(stage) };
};

const isVerb = (text: string): text is Verb => Object.hasOwn(verbs, text);

const checkName = (name: string): void => {
  const { error } = callerNameSchema().safeParse(name);
  if (error) throw new UsageError(`The name ${error.issues[0]?.message ?? 'is not usable'}.`);
};

const parse = (args: string[]) => {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        operator: { type: 'boolean' },
        set: { type: 'string', multiple: true },
        clear: { type: 'boolean' },
        reason: { type: 'string' },
        json: { type: 'boolean' },
        yes: { type: 'boolean', short: 'y' },
        stage: { type: 'string' },
        region: { type: 'string' },
        profile: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)} --help lists the options.`);
  }
};

const readRules = (given: string[]): CallersOptions['set'] => {
  const entries = given.map((text) => {
    const [, rule = '', value = ''] = /^(\w+)=(.*)$/s.exec(text) ?? [];
    const schema = Object.entries(callerPolicySchema().shape).find(([name]) => name === rule)?.[1];
    if (schema === undefined)
      throw new UsageError(`--set ${text.split('=')[0]}: there is no such rule. Rules: ${rules}`);
    return [rule, value === '' ? null : readValue(rule, schema, value)] as const;
  });
  return Object.fromEntries(entries);
};

const readValue = (rule: string, schema: z.core.$ZodType, value: string): unknown => {
  // Asked first: with its first schema zod learns the words in which the others refuse.
  const isNumber = z.number().safeParse(Number(value)).success;
  // A rule is a list, a number or a word: the first reading that its schema takes is meant.
  const readings: unknown[] = [value.split(',').map((entry) => entry.trim()), Number(value), value];
  const results = readings.map((reading) => z.safeParse(schema, reading));
  const taken = results.find(({ success }) => success);
  if (taken?.success) return taken.data;
  const refusal = results[isNumber ? 1 : 2]?.error?.issues[0]?.message;
  throw new UsageError(`--set ${rule}: ${refusal ?? 'this value does not fit'}.`);
};
