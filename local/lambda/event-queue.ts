import * as z from 'zod';
import type { State } from '../data/state.ts';
import type { Invocation } from './sandbox.ts';
import type { DeployedFunction } from './sandbox-pool.ts';

/** Asynchronous invocations that wait, run or are repeated. */
export interface EventQueue {
  /** Takes an invocation; with a state it is on the disk when this returns. */
  add(target: DeployedFunction, invocation: Invocation): void;
  /** Goes on with what an earlier process left; returns how many these are. */
  resume(functions: ReadonlyMap<string, DeployedFunction>): number;
  /** Repeats nothing any more. */
  close(): void;
}

export interface EventQueueOptions {
  /** Milliseconds before each repetition of a failed invocation. */
  asyncRetryDelaysMs: readonly number[];
  onLog(functionName: string, line: string): void;
  /** Resolves when there is room on the disk for what an invocation, or a step of a durable execution, writes. */
  room?: (() => Promise<void>) | undefined;
  /** Receives what has failed for good: Lambda sends it to the destination of the function's failures. */
  onGivenUp(functionName: string, what: string): void;
  /** Keeps the invocations until they have ended. */
  state: State;
}

const queuedSchema = z.object({
  functionName: z.string(),
  /** Attempts that failed. */
  attempts: z.int().nonnegative(),
  invocation: z.object({
    requestId: z.string(),
    payload: z.string(),
    invokedFunctionArn: z.string(),
    functionVersion: z.string(),
    clientContext: z.unknown().optional(),
  }),
});

/** Runs functions without anybody waiting for them, and again when they fail; what fails to the end is logged and given up. */
export const createEventQueue = (options: EventQueueOptions): EventQueue => {
  const { state, asyncRetryDelaysMs, onLog, onGivenUp, room } = options;
  const timers = new Set<NodeJS.Timeout>();
  let closed = false;

  // The invocation has run: if this cannot be written it runs once more after a restart, as it may at AWS.
  const note = (functionName: string, id: string, value: unknown) => {
    try {
      state.write({ kind: 'invocation', id, value });
    } catch (error) {
      onLog(functionName, `What became of invocation ${id} could not be kept: ${String(error)}`);
    }
  };
  const run = async ({ definition, pool }: DeployedFunction, invocation: Invocation, attempts: number) => {
    const { requestId } = invocation;
    const queued = { functionName: definition.name, invocation };
    try {
      await room?.();
      if (closed) return;
      await pool.run(invocation);
      if (!closed) note(definition.name, requestId, undefined);
    } catch (error) {
      if (closed) return;
      const delayMs = asyncRetryDelaysMs[attempts];
      if (delayMs === undefined) {
        note(definition.name, requestId, undefined);
        onLog(definition.name, `Asynchronous invocation ${requestId} given up: ${String(error)}`);
        onGivenUp(definition.name, `invocation ${requestId}`);
        return;
      }
      note(definition.name, requestId, { ...queued, attempts: attempts + 1 });
      const timer = setTimeout(() => {
        timers.delete(timer);
        void run({ definition, pool }, invocation, attempts + 1);
      }, delayMs);
      timer.unref();
      timers.add(timer);
    }
  };

  return {
    add: (target, invocation) => {
      const queued = { functionName: target.definition.name, invocation, attempts: 0 };
      state.write({ kind: 'invocation', id: invocation.requestId, value: queued });
      void run(target, invocation, 0);
    },
    resume: (functions) => {
      const queued = [...state.read('invocation', queuedSchema).values()];
      const found = queued.flatMap(({ functionName, ...rest }) => {
        const target = functions.get(functionName);
        return target === undefined ? [] : [{ target, ...rest }];
      });
      for (const { target, invocation, attempts } of found) void run(target, invocation, attempts);
      return found.length;
    },
    close: () => {
      closed = true;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
};
