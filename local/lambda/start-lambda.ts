import { type Clock, systemClock } from '#shared/clock.ts';
import { type GuardRules, guardServer } from '#shared/loopback-guard.ts';
import { memoryState, type State } from '../data/state.ts';
import type { Authorizer } from '../iam/authorizer.ts';
import { createExecutions, type FinishedExecution } from './durable/executions.ts';
import type { PageLimits } from './durable/operation-pages.ts';
import { createEndpoint } from './endpoint.ts';
import type { FunctionDefinition } from './function-definition.ts';
import { createInvocations, type Resumed } from './invocations.ts';
import type { Invocation } from './sandbox.ts';
import { createSandboxPool, type DeployedFunction, type Killed } from './sandbox-pool.ts';

export interface LambdaOptions {
  functions?: readonly FunctionDefinition[];
  /** Port on 127.0.0.1; a free one by default. */
  port?: number;
  guard?: GuardRules;
  /** Decides on every request that comes over HTTP; without it all are allowed. */
  authorizer?: Authorizer;
  /** Source of the times that are recorded; timers run on the wall clock. */
  clock?: Clock;
  /** Receives every line that a function writes to its stdout or stderr. */
  onLog?(functionName: string, line: string): void;
  /** Receives each durable execution when it ends, with all it recorded; it is released afterwards. */
  onExecutionFinished?(execution: FinishedExecution): void;
  /** Receives what has failed for good and nobody waits for: an asynchronous invocation or a durable execution. */
  onGivenUp?(functionName: string, what: string): void;
  /** Milliseconds before each repetition of a failed asynchronous invocation; AWS waits 1 and 2 minutes. */
  asyncRetryDelaysMs?: readonly number[];
  /** Finished durable executions whose names stay taken; 10,000 by default. */
  keptExecutionRecords?: number;
  /** Bounds of one page of operations, in events and in GetDurableExecutionState. */
  pageLimits?: PageLimits;
  /** Resolves when there is room on the disk for a further step of a durable execution; at once by default. */
  room?: () => Promise<void>;
  /** Keeps executions and asynchronous invocations; by default they end with the process. */
  state?: State;
}

/** A local Lambda service. */
export interface Lambda {
  /** What AWS_ENDPOINT_URL_LAMBDA is set to. */
  url: string;
  /** @throws {Error} when a function of that name exists already */
  addFunction(definition: FunctionDefinition): void;
  /**
   * Invokes a function synchronously from within this process and resolves with its result.
   *
   * @param functionReference name, `name:alias` or ARN
   * @throws {FunctionError} the function failed
   * @throws {ServiceError} Lambda refused the invocation
   */
  invoke(functionReference: string, payload: unknown): Promise<unknown>;
  /**
   * Starts a function asynchronously, as an event of another service does; Lambda repeats it if it fails.
   *
   * @throws {ServiceError} Lambda refused the invocation
   */
  start(functionReference: string, payload: unknown): Promise<void>;
  /** Goes on with what the state has of an earlier process; all functions must be there. */
  resume(): Resumed;
  /** The invocations of a function that are running now. */
  runningInvocations(name: string): Invocation[];
  /** Ends all sandboxes of a function in the middle of whatever they do; resolves when they are gone. */
  killWorkers(name: string): Promise<Killed>;
  /** Ends the sandbox that runs this invocation; resolves with whether there was one. */
  killInvocation(requestId: string): Promise<boolean>;
  /** Ends everything at once, running invocations included. */
  close(): Promise<void>;
}

/** Serves the Lambda API on 127.0.0.1 and runs the functions in worker threads, each from its TypeScript source. */
export const startLambda = async (options: LambdaOptions = {}): Promise<Lambda> => {
  const onLog = options.onLog ?? (() => {});
  const onGivenUp = options.onGivenUp ?? (() => {});
  const state = options.state ?? memoryState;
  const functions = new Map<string, DeployedFunction>();
  const executions = createExecutions({
    clock: options.clock ?? systemClock,
    keptRecords: options.keptExecutionRecords ?? 10_000,
    onFinished: (execution) => {
      options.onExecutionFinished?.(execution);
      if (execution.outcome.status !== 'SUCCEEDED') onGivenUp(execution.functionName, `execution ${execution.name}`);
    },
    pageLimits: options.pageLimits,
    state,
  });
  const invocations = createInvocations({
    functions,
    executions,
    asyncRetryDelaysMs: options.asyncRetryDelaysMs ?? [1_000, 2_000],
    onLog,
    onGivenUp,
    state,
    room: options.room,
  });
  const endpoint = createEndpoint({ functions, invocations, executions, authorizer: options.authorizer });

  const addFunction = (definition: FunctionDefinition) => {
    if (functions.has(definition.name)) throw new Error(`There is a function named ${definition.name} already.`);
    const pool = createSandboxPool(definition, { onLine: (line) => onLog(definition.name, line) });
    functions.set(definition.name, { definition, pool });
  };
  const poolOf = (name: string) => {
    const found = functions.get(name);
    if (!found) throw new Error(`There is no function named ${name}.`);
    return found.pool;
  };

  for (const definition of options.functions ?? []) addFunction(definition);
  await endpoint.ready();
  guardServer(endpoint.server, options.guard);
  const url = await endpoint.listen({ host: '127.0.0.1', port: options.port ?? 0 });
  return {
    url,
    addFunction,
    invoke: async (functionReference, payload) => {
      const answer = await invocations.invoke({
        functionReference,
        type: 'RequestResponse',
        payload: JSON.stringify(payload),
      });
      if (answer.failure) throw answer.failure;
      return JSON.parse(answer.payload ?? 'null');
    },
    start: async (functionReference, payload) => {
      await invocations.invoke({ functionReference, type: 'Event', payload: JSON.stringify(payload) });
    },
    resume: invocations.resume,
    runningInvocations: (name) => poolOf(name).running(),
    killWorkers: (name) => poolOf(name).kill(),
    killInvocation: async (requestId) => {
      const kills = [...functions.values()].map(({ pool }) => pool.kill((running) => running?.requestId === requestId));
      const killed = await Promise.all(kills);
      return killed.some(({ sandboxes }) => sandboxes > 0);
    },
    close: async () => {
      invocations.close();
      executions.close();
      await Promise.all([endpoint.close(), ...[...functions.values()].map(({ pool }) => pool.close())]);
    },
  };
};
