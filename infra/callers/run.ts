import { lanes } from '#shared/adobe/services/registry.ts';
import type { CallerManagement } from '#shared/callers/manage-callers.ts';
import type { PauseManagement } from '#shared/callers/manage-pauses.ts';
import { systemClock } from '#shared/clock.ts';
import { type AwsClients, createAwsClients } from '../credentials/aws-clients.ts';
import { CredentialsError, UsageError } from '../credentials/errors.ts';
import { explainError, type Surroundings } from '../credentials/run.ts';
import { readEnvironment } from '../credentials/stack-functions.ts';
import { createOutput, type Output, openPrompt } from '../credentials/terminal.ts';
import { commands } from './commands.ts';
import { type CallersOptions, readOptions, usage } from './options.ts';
import { describeOutcome } from './view.ts';

/**
 * Runs `npm run callers`, over the table and with the operator's own AWS credentials: the first caller needs no caller.
 *
 * @returns the exit code: 0 done, 1 it failed, 2 the command line is wrong
 */
export const runCallers = async ({ args, stdin, stdout, stderr }: Omit<Surroundings, 'signals'>): Promise<number> => {
  const output = createOutput({ stdout, stderr });
  let aws: AwsClients | undefined;
  try {
    const options = readOptions(args);
    if (options.verb === 'help') {
      output.say(usage);
      return 0;
    }
    aws = createAwsClients(options);
    const prompt = openPrompt({ input: stdin, output: stderr });
    const outcome = await commands[options.verb](
      { ...(await openManagement(aws, options, output)), options, prompt },
      ...options.args,
    );
    if (options.json) output.say(JSON.stringify(outcome));
    else for (const line of describeOutcome(outcome)) output.say(line);
    return 0;
  } catch (error) {
    output.complain(explainError(error, advice));
    return error instanceof UsageError ? 2 : 1;
  } finally {
    aws?.close();
  }
};

const advice =
  'The role needs GetFunctionConfiguration on the function api, GetItem, PutItem, DeleteItem and Query on the table of callers, PutItem on that of the audit trail, and for pause and resume GetItem, PutItem and UpdateItem on that of jobs.';

const openManagement = async (
  { lambda, dynamoDb }: AwsClients,
  { stack }: CallersOptions,
  output: Pick<Output, 'complain'>,
): Promise<CallerManagement & PauseManagement> => {
  const {
    CALLER_TABLE_NAME: tableName,
    TABLE_NAME: jobTableName,
    AUDIT_TABLE_NAME: auditTableName,
  } = await readEnvironment(lambda, stack, 'api');
  if (tableName === undefined || jobTableName === undefined || auditTableName === undefined)
    throw new CredentialsError(`AWS does not show the settings of the function api of ${stack}.`);
  const table = { dynamoDb, tableName, clock: systemClock };
  // CloudTrail knows whose it is.
  const { accessKeyId } = await lambda.config.credentials();
  return {
    table,
    jobs: { ...table, tableName: jobTableName },
    lanes: lanes.map(({ name }) => name),
    audit: { table: { ...table, tableName: auditTableName }, log: { error: (message) => output.complain(message) } },
    actor: { actorKind: 'aws', actor: accessKeyId },
  };
};
