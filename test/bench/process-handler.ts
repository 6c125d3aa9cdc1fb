import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What a function's own process needs to know, and what it tells about its memory. */
export interface ProcessAnswer {
  result?: unknown;
  error?: string;
  idleRssBytes: number;
  peakRssBytes: number;
}

/**
 * A Lambda handler that runs another handler in a process of its own, so that its memory can be measured by itself.
 *
 * @param bundle path of the module that exports `handler`
 * @param report receives the memory figures after each invocation
 */
export const handlerInProcess = (bundle: string, report: (answer: ProcessAnswer) => void) => {
  let child: ChildProcess | undefined;
  return async (event: unknown): Promise<unknown> => {
    child ??= fork(fileURLToPath(new URL('./process-child.ts', import.meta.url)), [bundle], {
      env: process.env,
      execArgv: [],
      // The function's log lines are no figures.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child.send({ event });
    const [answer] = (await once(child, 'message')) as [ProcessAnswer];
    report(answer);
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer.result;
  };
};
