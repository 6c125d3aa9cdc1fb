import type { FunctionName } from '#shared/deployment/names.ts';
import type { AdobeTarget } from './adobe-target.ts';
import type { DataFolder } from './data/data-folder.ts';
import type { BusEvent } from './eventbridge.ts';
import type { Decision } from './iam/authorizer.ts';
import type { FinishedExecution } from './lambda/durable/executions.ts';
import type { PageLimits } from './lambda/durable/operation-pages.ts';
import type { SimulatorOptions } from './simulator/simulator.ts';
import type { FunctionEndpoints } from './stack-functions.ts';
import type { StackChanges } from './stack-settings.ts';

/** How the embedded stack is started. */
export interface StackOptions {
  /** Port of the gateway on 127.0.0.1; 0, the default, takes a free one. */
  port?: number;
  target?: AdobeTarget;
  /** The services that are on beside Firefly, by their ids. */
  services?: readonly string[];
  settings?: StackChanges;
  simulator?: SimulatorOptions;
  /** Puts proxies between functions and servers; functions and endpoints that it does not name go straight. */
  between?(endpoints: FunctionEndpoints): Promise<Partial<Record<FunctionName, Partial<FunctionEndpoints>>>>;
  /** Keeps everything; without it all ends with the stack. The stack closes it. */
  data?: DataFolder;
  /** Has a folder hold the tables until the end, which takes less memory than holding them there; for a stack without `data`. */
  temporaryTables?: boolean;
  /** Starts a further sandbox of a function only for what has waited for the busy ones, which takes less memory; else at once, as AWS does. */
  savesSandboxes?: boolean;
  /** Modules that run in place of the functions' sources, such as their bundles, which may still be made while the rest starts. */
  handlers?: Partial<Record<FunctionName, string>> | Promise<Partial<Record<FunctionName, string>>>;
  /** Whether the schedules run; without them nothing happens but what is asked for. */
  schedules?: boolean;
  /** Receives a line for each step of the start. */
  onProgress?(line: string): void;
  /** Receives what stands in the way of some of the work, but not of the start. */
  onWarning?(line: string): void;
  /** Receives every line that a function logs. */
  onLog?(functionName: string, line: string): void;
  /** Receives each durable execution when it ends, with all it recorded. */
  onExecutionFinished?(execution: FinishedExecution): void;
  /** Bounds of one page of the operations of a durable execution; by default those of Lambda. */
  operationPages?: PageLimits;
  /** Receives each decision of IAM; without it none is recorded. */
  onDecision?(decision: Decision): void;
  /** Receives every event, on whichever bus. */
  onEvent?(event: BusEvent): void;
}
