import { randomUUID } from 'node:crypto';
import type { Operation } from '@aws-sdk/client-lambda';
import type { Clock } from '#shared/clock.ts';
import { FunctionError, invalidParameter } from '../errors.ts';
import type { Outcome } from './invocation-output.ts';
import { readInvocationOutput } from './invocation-output.ts';
import { createOperationLog } from './operation-log.ts';
import { defaultPageLimits, type OperationPage, type PageLimits, pageOf } from './operation-pages.ts';
import type { CheckpointRequest, OperationUpdate } from './operation-update.ts';
import { createTimers } from './timers.ts';

/** What CheckpointDurableExecution answers. */
export interface CheckpointAnswer {
  checkpointToken: string;
  operations: Operation[];
}

/** One durable execution while it lives. */
export interface Execution {
  /** Resolves when it has ended, however it ended. */
  readonly ended: Promise<Outcome>;
  readonly inputPayload: string;
  operations(): Operation[];
  /** @throws {ServiceError} when the token is not that of the current invocation, or an update is not allowed */
  checkpoint(request: CheckpointRequest): CheckpointAnswer;
  /** @throws {ServiceError} when the token is not that of the current invocation */
  state(request: { checkpointToken: string; marker?: string; maxItems?: number }): OperationPage;
  /** Ends it from outside: no further invocation, and no further checkpoint of one that is under way. */
  stop(outcome: Outcome): void;
}

/** Where an execution is kept, before anybody is told of what it holds. */
export interface ExecutionKeeper {
  /**
   * Keeps operations that changed.
   *
   * @param isSuspended whether nothing runs until a wait or a retry is due
   */
  keep(operations: readonly { place: number; operation: Operation }[], isSuspended: boolean): void;
  /** Keeps how it ended, and forgets its operations. */
  keepEnd(outcome: Outcome, operationCount: number): void;
}

export interface ExecutionOptions {
  arn: string;
  /** What is recorded of it: for a new one its own operation. */
  operations: readonly Operation[];
  /** Whether it was kept when nothing ran, so that it goes on only when a wait or a retry is due. */
  isSuspended?: boolean;
  /** When it is given up, in epoch milliseconds. */
  expiresAt: number;
  keeper: ExecutionKeeper;
  clock: Clock;
  /** Runs the function once with this event (JSON) and resolves with what it answered (JSON). */
  invoke(event: string): Promise<string>;
  pageLimits?: PageLimits;
}

const firstRetryMs = 50;
const maxRetryMs = 5_000;

/**
 * Starts a durable execution: invokes the function, ends waits and retries when they are due, and invokes it again
 * until it has ended. An invocation that throws or loses its sandbox is repeated, as long as the execution may live.
 */
export const startExecution = (options: ExecutionOptions): Execution => {
  const { clock, pageLimits = defaultPageLimits } = options;
  const log = createOperationLog(options.operations, clock);
  const timers = createTimers(clock);
  const { promise: ended, resolve: resolveEnded } = Promise.withResolvers<Outcome>();
  let state: 'invoked' | 'suspended' | 'ended' = 'suspended';
  let token: string | undefined;
  let answered: { request: CheckpointRequest; answer: CheckpointAnswer } | undefined;
  let failures = 0;

  const halt = (outcome: Outcome) => {
    if (state === 'ended') return;
    state = 'ended';
    token = undefined;
    timers.clear();
    log.end(outcome.status);
    resolveEnded(outcome);
  };
  const end = (outcome: Outcome) => {
    if (state === 'ended') return;
    options.keeper.keepEnd(outcome, log.all().length);
    halt(outcome);
  };
  const save = (isSuspended: boolean) => {
    options.keeper.keep(log.unsaved(), isSuspended);
    log.saved();
  };
  const scheduleDue = () => {
    for (const { operationId, at } of log.due()) {
      if (timers.has(operationId)) continue;
      timers.set(operationId, at, () => {
        log.elapse(operationId);
        if (state === 'suspended' && !timers.has('retry')) invoke();
      });
    }
  };

  const invoke = () => {
    state = 'invoked';
    token = randomUUID();
    answered = undefined;
    const updated = log.takeChanged().map((operation) => operation.Id);
    const page = pageOf(log.replayed(), pageLimits, undefined);
    const event = JSON.stringify({
      DurableExecutionArn: options.arn,
      CheckpointToken: token,
      UpdatedOperationIds: updated.length > 0 ? updated : undefined,
      InitialExecutionState: { Operations: page.operations, NextMarker: page.nextMarker },
    });
    // What cannot be kept did not happen: the function is invoked again.
    options.invoke(event).then(complete, fail).catch(invokeLater);
  };
  const complete = (payload: string) => {
    if (state === 'ended') return;
    const output = readInvocationOutput(payload);
    failures = 0;
    token = undefined;
    state = 'suspended';
    if (output.status !== 'PENDING') end(output);
    else if (log.hasChanged()) invoke();
    else if (log.due().length > 0) save(true);
    else end(failed('InvalidParameterValueException', 'Cannot return PENDING status with no pending operations.'));
  };
  const fail = (error: unknown) => {
    if (state === 'ended') return;
    if (!(error instanceof FunctionError)) {
      end(failed('ServiceException', String(error)));
      return;
    }
    invokeLater();
  };
  const invokeLater = () => {
    if (state === 'ended') return;
    token = undefined;
    state = 'suspended';
    timers.set('retry', clock.now() + Math.min(firstRetryMs * 2 ** failures, maxRetryMs), invoke);
    failures += 1;
  };
  const requireToken = (given: string) => {
    // The SDK gives the invocation up, not the execution, when the message starts with these words.
    if (given !== token) throw invalidParameter('Invalid Checkpoint Token');
  };

  const expire = () => {
    try {
      end({ status: 'TIMED_OUT', error: { ErrorType: 'States.Timeout', ErrorMessage: 'Execution timed out.' } });
    } catch {
      // The keeper has told why; the disk may have room by then.
      timers.set('timeout', clock.now() + maxRetryMs, expire);
    }
  };
  timers.set('timeout', options.expiresAt, expire);
  const isDue = log.due().some(({ at }) => at <= clock.now());
  for (const { operationId, at } of log.due()) if (at <= clock.now()) log.elapse(operationId);
  scheduleDue();
  if (!options.isSuspended || isDue) invoke();

  return {
    ended,
    inputPayload: options.operations[0]?.ExecutionDetails?.InputPayload ?? '',
    operations: () => log.all(),
    checkpoint: (request) => {
      if (answered && isRepeated(request, answered.request)) return answered.answer;
      requireToken(request.CheckpointToken);
      const undo = log.apply(request.Updates);
      const outcome = readOutcome(request.Updates.at(-1));
      try {
        if (outcome) options.keeper.keepEnd(outcome, log.all().length);
        else save(false);
      } catch (error) {
        undo();
        throw error;
      }
      scheduleDue();
      token = randomUUID();
      const answer = { checkpointToken: token, operations: log.takeChanged() };
      answered = { request, answer };
      if (outcome) halt(outcome);
      return answer;
    },
    state: ({ checkpointToken, marker, maxItems = pageLimits.maxItems }) => {
      requireToken(checkpointToken);
      return pageOf(log.replayed(), { ...pageLimits, maxItems: Math.min(maxItems, pageLimits.maxItems) }, marker);
    },
    stop: halt,
  };
};

/** How an update ends the whole execution, if it does. */
const readOutcome = (update: OperationUpdate | undefined): Outcome | undefined => {
  if (update?.Type !== 'EXECUTION') return undefined;
  return update.Action === 'SUCCEED'
    ? { status: 'SUCCEEDED', result: update.Payload }
    : { status: 'FAILED', error: update.Error ?? {} };
};

// The answer to a checkpoint may be lost on its way; the SDK's client then sends the same request again.
const isRepeated = (request: CheckpointRequest, earlier: CheckpointRequest): boolean =>
  request.ClientToken !== undefined &&
  request.ClientToken === earlier.ClientToken &&
  request.CheckpointToken === earlier.CheckpointToken;

const failed = (type: string, message: string): Outcome => ({
  status: 'FAILED',
  error: { ErrorType: type, ErrorMessage: message },
});
