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
  /** Stops all its processes where they are, until they are killed. */
  stop(): void;
  /** When it was killed, epoch ms. */
  killedAt: readonly number[];
  /** What it wrote to stderr in all its lives. */
  errors: string[];
}

const entry = fileURLToPath(new URL('./kept-gateway.ts', import.meta.url));

/** @param env names the Adobe that outlives it */
export const createLives = (args: readonly string[], env: Record<string, string>): Lives => {
  let child: ChildProcess | undefined;
  const errors: string[] = [];
  const killedAt: number[] = [];
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
    killedAt.push(Date.now());
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
    stop: () => {
      if (child?.pid) process.kill(-child.pid, 'SIGSTOP');
    },
    killedAt,
    errors,
  };
};

/** Asks until there is an answer that is no error of the server: the gateway may be dead at any moment. */
export const insist = async (url: string, init: RequestInit = {}): Promise<Response> => {
  for (;;) {
    try {
      const answer = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(60_000), ...init });
      if (answer.status < 500 && answer.status !== 429) return answer;
    } catch {
      // Refused, reset or cut off in the middle.
    }
    await sleep(200);
  }
};

/** Posts until there is an answer, as {@link insist} does. */
export const insistOnPosting = (url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  insist(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
