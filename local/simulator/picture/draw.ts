import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { compileCache, leanAllocator } from '../../lean-process.ts';
import { findProgram } from '../../programs.ts';

/** A drawing as SVG, and the format of the picture that it is to be. */
export interface DrawRequest {
  id: number;
  svg: string;
  format: 'jpeg' | 'png' | 'webp';
}

/** The picture, or why there is none. */
export type DrawAnswer = { id: number; picture: Uint8Array } | { id: number; reason: string };

interface Waiting {
  resolve(picture: Uint8Array): void;
  reject(error: Error): void;
}

const idleMs = 5_000;

/**
 * Turns drawings into pixels in another process, which begins with the first of them and ends when there was none for 5 s.
 *
 * @throws {Error} from the function made, if a drawing cannot be read or the process ends
 */
export const createRenderer = (): ((drawing: Omit<DrawRequest, 'id'>) => Promise<Uint8Array>) => {
  const waiting = new Map<number, Waiting>();
  let child: ChildProcess | undefined;
  let idle: NodeJS.Timeout | undefined;
  let lastId = 0;

  const start = (): ChildProcess => {
    const started = fork(fileURLToPath(findProgram('draw-process')), [], {
      execArgv: [],
      env: { ...leanAllocator, ...compileCache },
      stdio: ['ignore', 2, 2, 'ipc'],
      serialization: 'advanced',
    });
    started.on('message', (answer: DrawAnswer) => {
      const entry = waiting.get(answer.id);
      waiting.delete(answer.id);
      if ('picture' in answer) entry?.resolve(answer.picture);
      else entry?.reject(new Error(`The picture cannot be drawn: ${answer.reason}`));
      if (waiting.size === 0) rest(started);
    });
    const fail = (cause: unknown) => {
      if (child !== started) return;
      child = undefined;
      for (const { reject } of waiting.values()) reject(new Error('The process that draws has ended.', { cause }));
      waiting.clear();
    };
    started.on('error', fail);
    started.on('exit', fail);
    return started;
  };
  const rest = (resting: ChildProcess): void => {
    // It may not keep a program from ending.
    resting.unref();
    resting.channel?.unref();
    idle = setTimeout(() => {
      child = undefined;
      if (resting.connected) resting.disconnect();
    }, idleMs).unref();
  };

  return (drawing) =>
    new Promise((resolve, reject) => {
      clearTimeout(idle);
      child ??= start();
      child.ref();
      child.channel?.ref();
      lastId += 1;
      waiting.set(lastId, { resolve, reject });
      child.send({ id: lastId, ...drawing } satisfies DrawRequest);
    });
};
