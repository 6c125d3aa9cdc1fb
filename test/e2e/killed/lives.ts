import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { StackDescription } from '#local/stack.ts';

/** A gateway that is killed and started again on the same folder and port. */
export interface Lives {
  /** Starts it; resolves when it serves. */
  start(): Promise<StackDescription>;
  /** Starts it and kills it with all its processes after so many ms, whether it serves by then or not. */
  liveFor(startedMs: number): Promise<void>;
  /** Kills it with all its processes. */
  kill(): Promise<void>;
  /** What it wrote to stderr in all its lives. */
  errors: string[];
}

const entry = fileURLToPath(new URL('./kept-gateway.ts', import.meta.url));

/** @param env names the Adobe that outlives it */
export const createLives = (args: readonly string[], env: Record<string, string>): Lives => {
  let child: ChildProcess | undefined;
  const errors: string[] = [];
  const spawnOne = () => {
    // A group of its own: the kill reaches the process of S3 in the same moment.
    child = spawn(process.execPath, [entry, ...args], {
      env: { PATH: process.env['PATH'] ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    if (child.stderr) createInterface({ input: child.stderr }).on('line', (line) => errors.push(line));
    return child;
  };
  const start = async (): Promise<StackDescription> => {
    const { stdout } = spawnOne();
    if (!stdout) throw new Error('The gateway has no stdout.');
    for await (const line of createInterface({ input: stdout })) return JSON.parse(line).description;
    throw new Error(`The gateway ended as it started.\n${errors.slice(-20).join('\n')}`);
  };
  const kill = async () => {
    if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    process.kill(-child.pid, 'SIGKILL');
    await exited;
  };
  return {
    start,
    liveFor: async (ms) => {
      spawnOne();
      await sleep(ms);
      await kill();
    },
    kill,
    errors,
  };
};
