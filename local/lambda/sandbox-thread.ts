/** Entry point of a sandbox's worker thread: loads a function's handler and runs one invocation at a time. */
import { enableCompileCache, flushCompileCache } from 'node:module';
import { dirname } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import type { Context } from 'aws-lambda';
import { mapStackTraces } from '#infra/bundles/stack-traces.ts';
import { createRestCollector } from '../collect-garbage.ts';
import { describeThrown, type FunctionFailure } from './errors.ts';

/** What a sandbox is started with. */
export interface SandboxData {
  /** Absolute path of the module that exports `handler`. */
  handlerPath: string;
}

/** One invocation, sent to the sandbox. */
export interface InvokeMessage {
  requestId: string;
  /** The event as JSON. */
  payload: string;
  /** Epoch milliseconds at which the invocation times out. */
  deadline: number;
  invokedFunctionArn: string;
  functionVersion: string;
  clientContext?: unknown;
}

/** What a sandbox reports. Lines come before the outcome of the invocation that wrote them. */
export type SandboxMessage =
  | { type: 'ready' }
  | { type: 'init-failed'; failure: FunctionFailure }
  | { type: 'log'; text: string }
  | { type: 'succeeded'; payload: string }
  | { type: 'failed'; failure: FunctionFailure };

type Handler = (event: unknown, context: Context) => unknown;

if (!parentPort) throw new Error('A sandbox runs in a worker thread only.');
const port = parentPort;
const { handlerPath } = workerData as SandboxData;
const report = (message: SandboxMessage) => port.postMessage(message);

// The thread's own stdout is flushed by the main thread when it gets round to it, so that lines could overtake an
// outcome or be lost with a terminated thread; messages of one port keep their order.
for (const stream of [process.stdout, process.stderr]) {
  const decoder = new StringDecoder('utf8');
  stream._write = (chunk: Buffer | string, _encoding, done) => {
    report({ type: 'log', text: typeof chunk === 'string' ? chunk : decoder.write(chunk) });
    done();
  };
  stream._writev = undefined;
}

const loadHandler = async (): Promise<Handler> => {
  // Sandboxes load the same modules again and again; compiled code is kept on disk, past this process as well.
  enableCompileCache();
  // What the functions of a stack share lies in files beside theirs.
  if (handlerPath.endsWith('.mjs')) mapStackTraces((file) => dirname(file) === dirname(handlerPath));
  const module: { handler?: unknown } = await import(pathToFileURL(handlerPath).href);
  flushCompileCache();
  if (typeof module.handler !== 'function') throw new Error(`${handlerPath} exports no function named handler.`);
  return module.handler as Handler;
};

const contextOf = (message: InvokeMessage): Context => ({
  callbackWaitsForEmptyEventLoop: true,
  functionName: process.env['AWS_LAMBDA_FUNCTION_NAME'] ?? '',
  functionVersion: message.functionVersion,
  invokedFunctionArn: message.invokedFunctionArn,
  memoryLimitInMB: process.env['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'] ?? '',
  awsRequestId: message.requestId,
  logGroupName: process.env['AWS_LAMBDA_LOG_GROUP_NAME'] ?? '',
  logStreamName: process.env['AWS_LAMBDA_LOG_STREAM_NAME'] ?? '',
  clientContext: message.clientContext as Context['clientContext'],
  getRemainingTimeInMillis: () => Math.max(0, message.deadline - Date.now()),
  done: unsupported,
  fail: unsupported,
  succeed: unsupported,
});

const unsupported = () => {
  throw new Error('Callback-style completion was removed from the Node 24 runtime: return or throw instead.');
};

const logFailure = (requestId: string, { errorType, errorMessage, trace }: FunctionFailure) => {
  console.error(
    JSON.stringify({
      timestamp: new Date().toISOString(),
      level: 'ERROR',
      requestId,
      message: 'Invoke Error',
      errorType,
      errorMessage,
      stackTrace: trace,
    }),
  );
};

try {
  const handler = await loadHandler();
  const collector = createRestCollector();
  port.on('message', async (message: InvokeMessage) => {
    collector.begin();
    try {
      const result = await handler(JSON.parse(message.payload), contextOf(message));
      report({ type: 'succeeded', payload: JSON.stringify(result) ?? 'null' });
    } catch (error) {
      const failure = describeThrown(error);
      logFailure(message.requestId, failure);
      report({ type: 'failed', failure });
    } finally {
      collector.end();
    }
  });
  report({ type: 'ready' });
} catch (error) {
  const failure = describeThrown(error);
  logFailure('', failure);
  report({ type: 'init-failed', failure });
}
