import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { Clock } from '../clock.ts';
import type { Log } from '../observability.ts';

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

/** Has the thumbnails of an output made, by its job, its place in the list of Adobe, and its key. */
export type StartThumbnail = (output: { jobId: string; index: number; key: string }) => Promise<void>;

/** Invokes the function thumbnail without waiting for its end. */
export const createStartThumbnail =
  (lambda: LambdaClient, functionName: string): StartThumbnail =>
  async (output) => {
    await lambda.send(
      new InvokeCommand({ FunctionName: functionName, InvocationType: 'Event', Payload: JSON.stringify(output) }),
    );
  };

/** A request for a run of dispatch. */
export interface DispatchRequest {
  /** That jobs may have turns is all that is new; absent where batches or erasures may have something to do as well. */
  only?: 'turns';
  /** When it was made, in epoch ms: a run that began later has served it. */
  askedAt: number;
}

/** Runs dispatch now instead of at the next minute. */
export type TriggerDispatch = (only?: DispatchRequest['only']) => Promise<void>;

/** Invokes the dispatch function without waiting for its end; the caller decides what a failure means to it. */
export const createTriggerDispatch =
  (lambda: LambdaClient, functionName: string, clock: Clock): TriggerDispatch =>
  async (only) => {
    const request: DispatchRequest = { askedAt: clock.now(), ...(only && { only }) };
    await lambda.send(
      new InvokeCommand({ FunctionName: functionName, InvocationType: 'Event', Payload: JSON.stringify(request) }),
    );
  };

/** Triggers dispatch. The schedule does so within a minute anyway, so a failure is only logged. */
export const tryTriggerDispatch = async (
  { triggerDispatch, log }: { triggerDispatch: TriggerDispatch; log: Pick<Log, 'warn'> },
  only?: DispatchRequest['only'],
): Promise<void> => {
  try {
    await triggerDispatch(only);
  } catch (error) {
    log.warn('Dispatch could not be invoked.', { error: error instanceof Error ? error.name : 'unknown' });
  }
};
