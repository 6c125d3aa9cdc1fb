import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { BatchTask, BatchTaskResult } from './batch-child.ts';

/** One part of a batch's life in a process of its own. */
export interface PartFigures {
  lines: number;
  seconds: number;
  linesPerSecond: number;
  /** Of both processes, that of the local servers included. */
  cpuMsPerLine: number;
  /** In MB of 1024 x 1024 bytes. */
  aboveIdleMb: number;
  dynamoDbCallsPerLine: number;
}

const mb = 1024 * 1024;
// As Node sizes its heap where the memory is the function's 1,024 MB, and not that of this machine.
const heapOfFunction = ['--max-old-space-size=512', '--max-semi-space-size=8'];

/** Has a process do a task, and sees what that costs. */
export const measurePart = async (task: BatchTask, lines: number): Promise<PartFigures> => {
  const before = process.cpuUsage();
  const result = await inChild(task);
  const { user, system } = process.cpuUsage(before);
  return figuresOf(result, lines, (user + system) / 1e6);
};

const inChild = async (task: BatchTask): Promise<BatchTaskResult> => {
  const child = fork(fileURLToPath(new URL('./batch-child.ts', import.meta.url)), [], {
    execArgv: heapOfFunction,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  child.send(task);
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`The process of the batch ended with ${String(code)}.`);
  });
  failed.catch(() => undefined);
  const [result] = await Promise.race([once(child, 'message'), failed]);
  return result as BatchTaskResult;
};

const figuresOf = (
  { seconds, idleRssBytes, peakRssBytes, dynamoDbCalls, cpuSeconds }: BatchTaskResult,
  lines: number,
  serverCpuSeconds: number,
): PartFigures => ({
  lines,
  seconds,
  linesPerSecond: lines / seconds,
  cpuMsPerLine: ((cpuSeconds + serverCpuSeconds) * 1000) / lines,
  aboveIdleMb: (peakRssBytes - idleRssBytes) / mb,
  dynamoDbCallsPerLine: dynamoDbCalls / lines,
});
