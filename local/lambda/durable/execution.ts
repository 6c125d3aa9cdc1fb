import { randomUUID } from 'node:crypto';
import type { Operation } from '@aws-sdk/client-lambda';
import type { Clock } from '#shared/clock.ts';
import { FunctionError, invalidParameter } from '../errors.ts';
import type { Outcome } from './invocation-output.ts';
import { readInvocationOutput } from './invocation-output.ts';
import { createOperationLog } from './operation-log.ts';
import { defaultPageLimits, type OperationPage, type PageLimits, pageOf } from './operation-pages.ts';
import type { CheckpointRequest } from './operation-update.ts';

const maxTimerMs = 2 ** 31 - 1;

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

export interface ExecutionOptions {
  arn: string;
  inputPayload: string;
  /** Longest life in milliseconds. */
  timeoutMs: number;
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
  const log = createOperationLog(options.inputPayload, clock);
  const timers = new Map<string, NodeJS.Timeout>();
  const { promise: ended, resolve: resolveEnded } = Promise.withResolvers<Outcome>();
  let state: 'invoked' | 'suspended' | 'ended' = 'suspended';
  let token: string | undefined;
  let answered: { request: CheckpointRequest; answer: CheckpointAnswer } | undefined;
  let failures = 0;

  const end = (outcome: Outcome) => {
    if (state === 'ended') return;
    state = 'ended';
    token = undefined;
    for (const timer of timers.values()) clearTimeout(timer);
    timers.clear();
    log.end(outcome.status);
    resolveEnded(outcome);
  };
  const schedule = (key: string, delayMs: number, run: () => void) => {
    clearTimeout(timers.get(key));
    // A timer for longer would fire at once. No stack on one machine lives for so long.
    if (delayMs > maxTimerMs) return;
    const timer = setTimeout(() => {
      timers.delete(key);
      run();
    }, delayMs);
    timer.unref();
    timers.set(key, timer);
  };
  const scheduleDue = () => {
    for (const { operationId, at } of log.due()) {
      if (timers.has(operationId)) continue;
      schedule(operationId, at - clock.now(), () => {
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
    options.invoke(event).then(complete, fail);
  };
  const complete = (payload: string) => {
    if (state === 'ended') return;
    const output = readInvocationOutput(payload);
    failures = 0;
    token = undefined;
    state = 'suspended';
    if (output.status !== 'PENDING') end(output);
    else if (log.hasChanged()) invoke();
    else if (log.due().length === 0) {
      end(failed('InvalidParameterValueException', 'Cannot return PENDING status with no pending operations.'));
    }
  };
  const fail = (error: unknown) => {
    if (state === 'ended') return;
    if (!(error instanceof FunctionError)) {
      end(failed('ServiceException', String(error)));
      return;
    }
    token = undefined;
    state = 'suspended';
    schedule('retry', Math.min(firstRetryMs * 2 ** failures, maxRetryMs), invoke);
    failures += 1;
  };
  const requireToken = (given: string) => {
    // The SDK gives the invocation up, not the execution, when the message starts with these words.
    if (given !== token) throw invalidParameter('Invalid Checkpoint Token');
  };

  schedule('timeout', options.timeoutMs, () => {
    end({ status: 'TIMED_OUT', error: { ErrorType: 'States.Timeout', ErrorMessage: 'Execution timed out.' } });
  });
  invoke();

  return {
    ended,
    inputPayload: options.inputPayload,
    operations: () => log.all(),
    checkpoint: (request) => {
      if (answered && isRepeated(request, answered.request)) return answered.answer;
      requireToken(request.CheckpointToken);
      log.apply(request.Updates);
      scheduleDue();
      token = randomUUID();
      const answer = { checkpointToken: token, operations: log.takeChanged() };
      answered = { request, answer };
      const last = request.Updates.at(-1);
      if (last?.Type === 'EXECUTION') {
        end(
          last.Action === 'SUCCEED'
            ? { status: 'SUCCEEDED', result: last.Payload }
            : { status: 'FAILED', error: last.Error ?? {} },
        );
      }
      return answer;
    },
    state: ({ checkpointToken, marker, maxItems = pageLimits.maxItems }) => {
      requireToken(checkpointToken);
      return pageOf(log.replayed(), { ...pageLimits, maxItems: Math.min(maxItems, pageLimits.maxItems) }, marker);
    },
    stop: end,
  };
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
