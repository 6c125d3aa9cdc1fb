import { sandboxFailure } from './errors.ts';
import type { FunctionDefinition } from './function-definition.ts';
import { type Invocation, type Sandbox, startSandbox } from './sandbox.ts';

/** What a kill ended. */
export interface Killed {
  /** Sandboxes that were ended, idle ones included. */
  sandboxes: number;
  /** Invocations that were running in them. */
  invocations: number;
}

/** The sandboxes of one function. */
export interface SandboxPool {
  /**
   * Runs an invocation in a free sandbox, in a new one as soon as the definition lets one be started, or when one is free.
   *
   * @throws {FunctionError}
   */
  run(invocation: Invocation): Promise<string>;
  /** The invocations that are running now; what waits for a sandbox is not among them. */
  running(): Invocation[];
  /** Ends sandboxes at once, those for which `which` answers true; resolves when they are gone. */
  kill(which?: (running: Invocation | undefined) => boolean): Promise<Killed>;
  /** Ends all sandboxes and fails what is running or waiting. */
  close(): Promise<void>;
}

/** A function with the sandboxes that run it. */
export interface DeployedFunction {
  definition: FunctionDefinition;
  pool: SandboxPool;
}

const defaultMaxConcurrency = 5;
// A burst may have needed many sandboxes, each with its own copy of the SDKs in memory, which V8 keeps for 8 s more after their end.
const defaultIdleMs = 3_000;
const defaultKeptMs = 10_000;

interface Waiting {
  invocation: Invocation;
  /** When it began to wait: milliseconds of `performance.now()`. */
  since: number;
  resolve(payload: string): void;
  reject(error: unknown): void;
}

/**
 * Creates the pool of a function; nothing is started before the first invocation.
 *
 * @param options.onLine receives every line that the function writes
 * @param options.idleMs milliseconds after which a sandbox without work ends, 3,000 by default; the last one is kept for as long as the
 * definition says
 */
export const createSandboxPool = (
  definition: FunctionDefinition,
  options: { onLine(line: string): void; idleMs?: number },
): SandboxPool => {
  const { idleMs = defaultIdleMs } = options;
  const keptMs = Math.max(idleMs, definition.keptMs ?? defaultKeptMs);
  const { maxConcurrency = defaultMaxConcurrency, growMs = 0 } = definition;
  const sandboxes = new Set<Sandbox>();
  // The most recently used one is taken first, so that the others can end after a burst.
  const idle: { sandbox: Sandbox; timer: NodeJS.Timeout; isLast: boolean }[] = [];
  const waiting: Waiting[] = [];
  let growth: NodeJS.Timeout | undefined;
  let closed = false;

  const start = (): Sandbox => {
    const sandbox = startSandbox(definition, {
      onLine: options.onLine,
      onExit: () => {
        sandboxes.delete(sandbox);
        const index = idle.findIndex((entry) => entry.sandbox === sandbox);
        if (index >= 0) clearTimeout(idle.splice(index, 1)[0]?.timer);
        assign();
      },
    });
    sandboxes.add(sandbox);
    return sandbox;
  };
  const takeIdle = (): Sandbox | undefined => {
    for (let entry = idle.pop(); entry; entry = idle.pop()) {
      clearTimeout(entry.timer);
      if (entry.sandbox.usable) return entry.sandbox;
    }
    return undefined;
  };
  const endIdle = (sandbox: Sandbox) => {
    const index = idle.findIndex((entry) => entry.sandbox === sandbox);
    const entry = idle[index];
    if (entry === undefined) return;
    const isLast = [...sandboxes].filter(({ usable }) => usable).length === 1;
    if (isLast && !entry.isLast) {
      entry.isLast = true;
      entry.timer = setTimeout(endIdle, keptMs - idleMs, sandbox).unref();
      return;
    }
    idle.splice(index, 1);
    void sandbox.kill();
  };
  const release = (sandbox: Sandbox) => {
    if (!sandbox.usable) return;
    idle.push({ sandbox, isLast: false, timer: setTimeout(endIdle, idleMs, sandbox).unref() });
  };
  const execute = async (sandbox: Sandbox, { invocation, resolve, reject }: Waiting) => {
    try {
      resolve(await sandbox.invoke(invocation));
    } catch (error) {
      reject(error);
    } finally {
      release(sandbox);
      assign();
    }
  };
  /** A new sandbox, if there may be one more by now; else looks again when the invocation has waited for long enough. */
  const grow = ({ since }: Waiting): Sandbox | undefined => {
    if (sandboxes.size >= maxConcurrency) return undefined;
    const leftMs = sandboxes.size === 0 ? 0 : since + growMs - performance.now();
    if (leftMs <= 0) return start();
    growth = setTimeout(assign, leftMs).unref();
    return undefined;
  };
  const assign = () => {
    clearTimeout(growth);
    for (let [next] = waiting; next && !closed; [next] = waiting) {
      const sandbox = takeIdle() ?? grow(next);
      if (!sandbox) return;
      waiting.shift();
      void execute(sandbox, next);
    }
  };
  const kill = async (which: (running: Invocation | undefined) => boolean = () => true): Promise<Killed> => {
    const chosen = [...sandboxes].filter((sandbox) => which(sandbox.current));
    const invocations = chosen.filter((sandbox) => sandbox.current).length;
    await Promise.all(chosen.map((sandbox) => sandbox.kill()));
    return { sandboxes: chosen.length, invocations };
  };

  return {
    run: (invocation) =>
      new Promise((resolve, reject) => {
        waiting.push({ invocation, since: performance.now(), resolve, reject });
        if (closed) failWaiting(waiting);
        else assign();
      }),
    running: () => [...sandboxes].flatMap((sandbox) => sandbox.current ?? []),
    kill,
    close: async () => {
      closed = true;
      clearTimeout(growth);
      failWaiting(waiting);
      for (const { timer } of idle) clearTimeout(timer);
      await kill();
    },
  };
};

const failWaiting = (waiting: Waiting[]) => {
  for (const { invocation, reject } of waiting.splice(0)) {
    reject(sandboxFailure('Runtime.ExitError', invocation.requestId, 'The local Lambda service was closed'));
  }
};
