import { randomUUID } from 'node:crypto';
import type { Executions } from './durable/executions.ts';
import type { Outcome } from './durable/invocation-output.ts';
import { conflict, FunctionError, invalidContent, invalidParameter, notFound, requestTooLarge } from './errors.ts';
import { createEventQueue, type EventQueueOptions } from './event-queue.ts';
import { functionArn, parseFunctionReference } from './function-definition.ts';
import type { Invocation } from './sandbox.ts';
import type { DeployedFunction, SandboxPool } from './sandbox-pool.ts';

/** A request to run a function. */
export interface InvokeRequest {
  /** Name, `name:alias`, or ARN of any form. */
  functionReference: string;
  qualifier?: string;
  type: 'RequestResponse' | 'Event' | 'DryRun';
  /** The event as JSON; an empty text is `{}`. */
  payload: string;
  durableExecutionName?: string;
  clientContext?: unknown;
}

/** What Invoke answers; `payload` and `failure` only to a RequestResponse. */
export interface InvokeAnswer {
  executedVersion: string;
  durableExecutionArn?: string;
  /** The result as JSON. */
  payload?: string;
  failure?: FunctionError;
}

/** What an earlier process left, and now goes on. */
export interface Resumed {
  executions: number;
  invocations: number;
}

/** Runs functions the ways Lambda does. */
export interface Invocations {
  /** @throws {ServiceError} */
  invoke(request: InvokeRequest): Promise<InvokeAnswer>;
  /** Goes on with executions and asynchronous invocations that an earlier process left. */
  resume(): Resumed;
  /** Ends the repetitions of asynchronous invocations; those that are kept go on later. */
  close(): void;
}

/** Largest payload of a synchronous invocation, and of its answer, in bytes. */
export const synchronousLimitBytes = 6 * 1024 * 1024;
/** Largest payload of an asynchronous invocation in bytes. */
export const asynchronousLimitBytes = 1024 * 1024;
const maxSynchronousExecutionSeconds = 15 * 60;
const latest = '$LATEST';

export interface InvocationsOptions extends EventQueueOptions {
  functions: ReadonlyMap<string, DeployedFunction>;
  executions: Executions;
}

export const createInvocations = (options: InvocationsOptions): Invocations => {
  const queue = createEventQueue(options);

  const invokeDurable = async (target: Target, request: InvokeRequest): Promise<InvokeAnswer> => {
    const { durable, name: functionName } = target.definition;
    const { qualifier } = target;
    if (!durable || !qualifier)
      throw invalidParameter('You cannot invoke a durable function using an unqualified ARN.');
    const synchronous = request.type === 'RequestResponse';
    if (synchronous && durable.executionTimeoutSeconds > maxSynchronousExecutionSeconds) {
      throw invalidParameter(
        'You cannot synchronously invoke a durable function with an executionTimeout greater than 15 minutes.',
      );
    }
    const { record, ended } = options.executions.start({
      functionName,
      qualifier,
      name: request.durableExecutionName,
      payload: request.payload,
      executionTimeoutSeconds: durable.executionTimeoutSeconds,
      invoke: invokeStep(target, options.room, request.clientContext),
    });
    const answer = { executedVersion: latest, durableExecutionArn: record.arn };
    if (!synchronous) return answer;
    if (!ended) throw conflict(`The durable execution has ended and its result was released: ${record.arn}`);
    return { ...answer, ...answerOf(await ended) };
  };

  return {
    invoke: async (given) => {
      const request = { ...given, payload: given.payload === '' ? '{}' : given.payload };
      checkPayload(request);
      const target = findTarget(options.functions, request);
      if (request.type === 'DryRun') return { executedVersion: latest };
      if (target.definition.durable) return invokeDurable(target, request);
      if (request.durableExecutionName !== undefined) {
        throw invalidParameter('DurableExecutionName can be given for durable functions only.');
      }
      const invocation = invocationOf(target, request);
      if (request.type === 'Event') {
        queue.add(target, invocation);
        return { executedVersion: latest };
      }
      return { executedVersion: latest, ...(await runSynchronously(target.pool, invocation)) };
    },
    resume: () => {
      const executions = options.executions.resume((record) => {
        const { name, qualifier } = parseFunctionReference(record.functionArn);
        const found = options.functions.get(name);
        if (found) return invokeStep({ ...found, qualifier }, options.room);
        options.onLog(name, `The durable execution ${record.name} waits for a function that is not there.`);
        return undefined;
      });
      return { executions: executions.length, invocations: queue.resume(options.functions) };
    },
    close: queue.close,
  };
};

/** Runs a durable function for its next step. */
const invokeStep =
  (target: Target, room: InvocationsOptions['room'], clientContext?: unknown) =>
  async (event: string, durableExecutionArn: string): Promise<string> => {
    await room?.();
    return target.pool.run({ ...invocationOf(target, { payload: event, clientContext }), durableExecutionArn });
  };

type Target = DeployedFunction & { qualifier?: string };

const findTarget = (functions: ReadonlyMap<string, DeployedFunction>, request: InvokeRequest): Target => {
  const { name, qualifier } = parseFunctionReference(request.functionReference, request.qualifier);
  const found = functions.get(name);
  const qualifiers = [latest, ...(found?.definition.aliases ?? ['live'])];
  if (!found || (qualifier && !qualifiers.includes(qualifier))) {
    throw notFound(`Function not found: ${functionArn(name, qualifier)}`);
  }
  return { ...found, qualifier };
};

const invocationOf = (
  { definition, qualifier }: Target,
  request: Pick<InvokeRequest, 'payload' | 'clientContext'>,
): Invocation => ({
  requestId: randomUUID(),
  payload: request.payload,
  invokedFunctionArn: functionArn(definition.name, qualifier),
  functionVersion: latest,
  clientContext: request.clientContext,
});

const checkPayload = ({ type, payload }: InvokeRequest) => {
  const limitBytes = type === 'Event' ? asynchronousLimitBytes : synchronousLimitBytes;
  if (Buffer.byteLength(payload) > limitBytes) throw requestTooLarge(limitBytes);
  try {
    JSON.parse(payload);
  } catch {
    // The parser's own message quotes the payload, which has no place in an error.
    throw invalidContent('Could not parse request body into json.');
  }
};

const runSynchronously = async (pool: SandboxPool, invocation: Invocation): Promise<Partial<InvokeAnswer>> => {
  try {
    const payload = await pool.run(invocation);
    const bytes = Buffer.byteLength(payload);
    if (bytes <= synchronousLimitBytes) return { payload };
    const errorMessage = `Response payload size (${bytes} bytes) exceeded maximum allowed payload size (${synchronousLimitBytes} bytes).`;
    return { failure: new FunctionError({ errorType: 'Function.ResponseSizeTooLarge', errorMessage, trace: [] }) };
  } catch (error) {
    if (error instanceof FunctionError) return { failure: error };
    throw error;
  }
};

const answerOf = (outcome: Outcome): Partial<InvokeAnswer> => {
  if (outcome.status === 'SUCCEEDED') return { payload: outcome.result ?? 'null' };
  const { ErrorType = 'Error', ErrorMessage = '', StackTrace = [] } = outcome.error;
  return { failure: new FunctionError({ errorType: ErrorType, errorMessage: ErrorMessage, trace: StackTrace }) };
};
