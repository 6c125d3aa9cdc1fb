import { Worker } from 'node:worker_threads';
import { findProgram } from '../programs.ts';
import { describeThrown, FunctionError, type FunctionFailure, sandboxFailure } from './errors.ts';
import type { FunctionDefinition } from './function-definition.ts';
import { sandboxEnvironment } from './function-definition.ts';
import type { InvokeMessage, SandboxData, SandboxMessage } from './sandbox-thread.ts';

/** One invocation as the pools pass it on; its deadline is set when a sandbox takes it. */
export type Invocation = Omit<InvokeMessage, 'deadline'> & {
  /** The durable execution it belongs to, if any. */
  durableExecutionArn?: string;
};

/** A worker thread that runs one function, one invocation at a time. */
export interface Sandbox {
  /** Whether it can take an invocation: false once it is ending or gone. */
  readonly usable: boolean;
  /** The invocation it is running, if any. */
  readonly current: Invocation | undefined;
  /**
   * Runs one invocation and resolves with its result as JSON.
   *
   * @throws {FunctionError} the function threw, timed out or its thread ended; in the last two the thread is gone
   */
  invoke(invocation: Invocation): Promise<string>;
  /** Ends the thread in the middle of whatever it does; resolves when it is gone. */
  kill(): Promise<void>;
}

// Lambda allows 10 s; sandboxes that start together share the cores of one machine here.
const initTimeoutMs = 60_000;

/**
 * Starts a worker thread for a function.
 *
 * @param options.onLine receives every line that the function writes
 * @param options.onExit is called once, when the thread is gone
 */
export const startSandbox = (
  definition: FunctionDefinition,
  options: { onLine(line: string): void; onExit(): void },
): Sandbox => {
  const worker = new Worker(findProgram('sandbox-thread'), {
    name: definition.name,
    env: sandboxEnvironment(definition),
    workerData: { handlerPath: definition.handlerPath } satisfies SandboxData,
    // Without this the thread would inherit options that only the main thread knows, a test runner's for one.
    execArgv: [],
    // There are many sandboxes at a time: each collects its garbage before it has much. With half of this what is in use is copied so
    // often, and so much of it kept as old, that garbage takes a fifth more of the processor and no less memory.
    resourceLimits: { maxYoungGenerationSizeMb: 8 },
    stdout: true,
    stderr: true,
  });
  const lines = createLogLines(options.onLine);
  let state: 'starting' | 'ready' | 'ending' | 'gone' = 'starting';
  let crash: FunctionFailure | undefined;
  let running:
    | { invocation: Invocation; settle(outcome: string | FunctionError): void; timer?: NodeJS.Timeout }
    | undefined;

  const settle = (outcome: string | FunctionError) => {
    const settled = running;
    running = undefined;
    clearTimeout(settled?.timer);
    settled?.settle(outcome);
  };
  const kill = async () => {
    if (state !== 'gone') state = 'ending';
    await worker.terminate();
  };
  const timeOutAfter = (delayMs: number, message: string) => {
    if (!running) return;
    const timedOut = running;
    timedOut.timer = setTimeout(async () => {
      // The outcome waits for the end of the thread: nothing may happen in a sandbox that was reported dead.
      crash = sandboxFailure('Sandbox.Timedout', timedOut.invocation.requestId, message).failure;
      await kill();
    }, delayMs);
    timedOut.timer.unref();
  };
  const dispatch = () => {
    if (state !== 'ready' || !running) return;
    clearTimeout(running.timer);
    const seconds = (definition.timeoutMs / 1000).toFixed(2);
    timeOutAfter(definition.timeoutMs, `Task timed out after ${seconds} seconds`);
    worker.postMessage({ ...running.invocation, deadline: Date.now() + definition.timeoutMs } satisfies InvokeMessage);
  };

  worker.on('message', (message: SandboxMessage) => {
    if (message.type === 'log') lines.write(message.text);
    if (state === 'ending') return;
    switch (message.type) {
      case 'ready':
        state = 'ready';
        dispatch();
        return;
      case 'init-failed':
        crash = message.failure;
        void kill();
        return;
      case 'succeeded':
        settle(message.payload);
        return;
      case 'failed':
        settle(new FunctionError(message.failure));
    }
  });
  worker.on('error', (error) => {
    crash = describeThrown(error);
    lines.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  });
  worker.on('exit', (code) => {
    state = 'gone';
    lines.flush();
    if (running) {
      const { requestId } = running.invocation;
      settle(
        crash
          ? new FunctionError(crash)
          : sandboxFailure('Runtime.ExitError', requestId, `Runtime exited with error: exit status ${code}`),
      );
    }
    options.onExit();
  });
  for (const stream of [worker.stdout, worker.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => lines.write(text));
  }

  return {
    get usable() {
      return state === 'starting' || state === 'ready';
    },
    get current() {
      return running?.invocation;
    },
    invoke: (invocation) =>
      new Promise((resolve, reject) => {
        if (running) throw new Error('A sandbox runs one invocation at a time.');
        running = {
          invocation,
          settle: (outcome) => (typeof outcome === 'string' ? resolve(outcome) : reject(outcome)),
        };
        if (state === 'gone') {
          settle(sandboxFailure('Runtime.ExitError', invocation.requestId, 'Runtime exited'));
          return;
        }
        timeOutAfter(initTimeoutMs, 'Initialization timed out');
        dispatch();
      }),
    kill,
  };
};

/** Collects what a sandbox writes into whole lines. */
export interface LogLines {
  write(text: string): void;
  /** Hands over what was written after the last line break. */
  flush(): void;
}

/** @param onLine receives each line without its line break */
export const createLogLines = (onLine: (line: string) => void): LogLines => {
  let rest = '';
  return {
    write: (text) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line);
    },
    flush: () => {
      if (rest !== '') onLine(rest);
      rest = '';
    },
  };
};
