import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { GuardRules } from '#shared/loopback-guard.ts';
import { DataFolderError } from '../data/database.ts';
import type { Decision, IamDirectory } from '../iam/authorizer.ts';
import { compileCache, leanAllocator } from '../lean-process.ts';
import { findProgram } from '../programs.ts';
import type { KnownKeys } from './authentication.ts';
import type { ObjectCreated } from './object-created.ts';
import type { S3Command, S3Message, S3Settings } from './s3-process.ts';

export interface S3Options {
  /** Created when the server starts. */
  bucket: string;
  /** 0, the default, takes a free port. */
  port?: number;
  guard?: Omit<GuardRules, 'accessKeyIds'>;
  /** Secret access keys by access key id, of which one must have signed. Default `local`/`local`. */
  keys?: KnownKeys;
  /** What keys begin with whose creation is announced. Default `inbox/`. */
  eventPrefixes?: readonly string[];
  /** Called for every object stored under one of them; with a storage directory, again and again until it succeeds. */
  onObjectCreated?: (event: ObjectCreated) => unknown;
  /** Folder that keeps the objects; without one they are kept in memory. */
  storageDirectory?: string | undefined;
  /** Who may do what; without it everything is allowed that a known key signed. */
  directory?: IamDirectory;
  /** Receives what IAM decided, if the directory has it recorded. */
  onDecision?: (decision: Decision) => void;
}

/** An S3 on 127.0.0.1, path style. */
export interface S3Server {
  readonly url: string;
  /** The process that keeps the objects. */
  readonly processId: number;
  /** Begins to call `onObjectCreated` for objects in a directory, of which a crash may have left some. */
  announce(): void;
  close(): Promise<void>;
}

const closeTimeoutMs = 2_000;
const redeliveryMs = 1_000;

const stop = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  if (child.connected) child.disconnect();
  const killer = setTimeout(() => child.kill('SIGKILL'), closeTimeoutMs);
  await exited;
  clearTimeout(killer);
};

/**
 * Starts an S3 server in a process of its own, since it may keep all objects in memory. The process ends with `close()` and
 * with this process, however that ends. If it ends by itself, an error is thrown that nobody can catch: without its
 * objects the stack cannot go on.
 *
 * @throws {Error} when it does not start, such as on a port in use
 */
export const startS3 = async (options: S3Options): Promise<S3Server> => {
  const settings: S3Settings = {
    bucket: options.bucket,
    port: options.port ?? 0,
    keys: { ...(options.keys ?? { local: 'local' }) },
    eventPrefixes: [...(options.eventPrefixes ?? ['inbox/'])],
    storageDirectory: options.storageDirectory,
    guard: { ...options.guard },
    directory: options.directory,
  };
  const child = fork(fileURLToPath(findProgram('s3-process')), [], {
    execArgv: ['--max-semi-space-size=4'],
    // Nothing of this process's environment, in which credentials may stand.
    env: { ...leanAllocator, ...compileCache },
    // Nothing of it belongs on this process's standard output.
    stdio: ['ignore', 2, 2, 'ipc'],
  });
  let closing = false;
  const tell = (command: S3Command) => {
    if (child.connected) child.send(command);
  };
  const deliver = async (event: ObjectCreated, eventId: number | undefined) => {
    try {
      await options.onObjectCreated?.(event);
      if (eventId !== undefined) tell({ kind: 'delivered', eventId });
    } catch (error) {
      if (eventId === undefined) return console.error(error);
      if (!closing) setTimeout(() => void deliver(event, eventId), redeliveryMs).unref();
    }
  };
  const url = await new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) =>
      reject(new Error(`The S3 server ended with ${code ?? signal} as it started.`)),
    );
    child.on('message', (message: S3Message) => {
      if (message.kind === 'ready') resolve(message.url);
      else if (message.kind === 'created') void deliver(message.event, message.eventId);
      else if (message.kind === 'decided') options.onDecision?.(message.decision);
      else if (message.isFolder) reject(new DataFolderError(message.reason));
      else reject(new Error(`The S3 server does not start: ${message.reason}`));
    });
    child.send(settings);
  });
  child.once('exit', (code, signal) => {
    if (!closing) throw new Error(`The S3 server ended by itself with ${code ?? signal}.`);
  });
  return {
    url,
    processId: child.pid ?? -1,
    announce: () => tell({ kind: 'announce' }),
    close: () => {
      closing = true;
      return stop(child);
    },
  };
};
