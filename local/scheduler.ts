import { type Cancel, startLongTimeout } from './long-timeout.ts';

/** Work that is repeated at a fixed rate. */
export interface ScheduledTask {
  /** Names the task where its errors are reported. */
  name: string;
  /** Milliseconds between two starts. */
  everyMs: number;
  /** Also run it as soon as the scheduler starts; false by default. */
  atOnce?: boolean;
  run(): Promise<unknown>;
}

/** A running scheduler. */
export interface Scheduler {
  /** Starts nothing more; a run that is under way is left to finish and its error is still reported. */
  close(): Promise<void>;
}

/**
 * Runs each task at its rate, as EventBridge Scheduler does for the deployed stack. A task whose previous run is still
 * under way skips its turn, and an error of one run does not stop the next.
 *
 * @param options.onError receives the name of the task and what it threw
 */
export const startScheduler = (
  tasks: readonly ScheduledTask[],
  options: { onError(name: string, error: unknown): void },
): Scheduler => {
  const closeTasks = tasks.map((task) => startTask(task, options.onError));
  return {
    close: async () => {
      for (const closeTask of closeTasks) closeTask();
    },
  };
};

const startTask = (task: ScheduledTask, onError: (name: string, error: unknown) => void): Cancel => {
  let running = false;
  let cancel: Cancel;
  const run = async () => {
    if (running) return;
    running = true;
    try {
      await task.run();
    } catch (error) {
      onError(task.name, error);
    } finally {
      running = false;
    }
  };
  const arm = () => {
    cancel = startLongTimeout(() => {
      arm();
      void run();
    }, task.everyMs);
  };
  arm();
  if (task.atOnce) void run();
  return () => cancel();
};
