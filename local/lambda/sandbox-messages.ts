import type { FunctionFailure } from './function-error.ts';

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
