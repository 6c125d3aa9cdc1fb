import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';

/**
 * Starts a durable execution of a function; under the same name with the same payload it is started once.
 *
 * @param name at most 64 characters of a-z, A-Z, 0-9, `-`, `_` (Lambda)
 */
export type StartExecution = (payload: object, name: string) => Promise<void>;

/**
 * Starts durable executions of one function, without waiting for their ends.
 *
 * @param functionArn with its alias: Lambda takes no unqualified name for a durable function
 */
export const createStartExecution =
  (lambda: LambdaClient, functionArn: string): StartExecution =>
  async (payload, name) => {
    await lambda.send(
      new InvokeCommand({
        FunctionName: functionArn,
        InvocationType: 'Event',
        DurableExecutionName: name,
        Payload: JSON.stringify(payload),
      }),
    );
  };
