import { createHash, randomUUID } from 'node:crypto';
import type { Operation } from '@aws-sdk/client-lambda';
import type { Clock } from '#shared/clock.ts';
import type { State } from '../../data/state.ts';
import { alreadyStarted, invalidParameter, notFound } from '../errors.ts';
import { functionArn } from '../function-definition.ts';
import { type Execution, startExecution } from './execution.ts';
import type { Outcome } from './invocation-output.ts';
import { type ExecutionRecord, type KeptRecord, keepExecutions } from './kept-executions.ts';
import { startOperations } from './operation-log.ts';
import type { PageLimits } from './operation-pages.ts';

/** A finished execution with everything it recorded, handed out once before it is released. */
export interface FinishedExecution extends ExecutionRecord {
  outcome: Outcome;
  operations: Operation[];
}

export interface StartRequest {
  functionName: string;
  qualifier: string;
  /** `[a-zA-Z0-9-_]{1,64}`; a random one when absent. */
  name?: string;
  /** The event as JSON. */
  payload: string;
  executionTimeoutSeconds: number;
  /** Runs the function once with this event (JSON). */
  invoke(event: string, arn: string): Promise<string>;
}

/** The durable executions of all functions. */
export interface Executions {
  /**
   * Starts an execution, or finds the one that was started under this name with the same payload. `ended` is absent
   * when that one has ended and was released.
   *
   * @throws {ServiceError} DurableExecutionAlreadyStartedException when the payload differs
   */
  start(request: StartRequest): { record: ExecutionRecord; ended?: Promise<Outcome> };
  /** @throws {ServiceError} ResourceNotFoundException when it is unknown or was released */
  running(arn: string): Execution;
  /** @throws {ServiceError} ResourceNotFoundException */
  record(arn: string): ExecutionRecord;
  /** Oldest first. */
  list(functionName: string): ExecutionRecord[];
  /**
   * Goes on with what was kept.
   *
   * @param invoke runs a function once with this event (JSON); undefined if there is no such function any more
   */
  resume(invoke: (record: ExecutionRecord) => StartRequest['invoke'] | undefined): ExecutionRecord[];
  /** Stops all of them; those that are kept can go on later. */
  close(): void;
}

const namePattern = /^[\w-]{1,64}$/;

export interface ExecutionsOptions {
  clock: Clock;
  /** Finished executions whose name stays taken; the oldest are forgotten first. */
  keptRecords: number;
  onFinished(execution: FinishedExecution): void;
  pageLimits?: PageLimits;
  state: State;
}

interface Entry extends KeptRecord {
  execution?: Execution;
}

export const createExecutions = (options: ExecutionsOptions): Executions => {
  const { clock, keptRecords, onFinished, pageLimits } = options;
  const kept = keepExecutions(options.state, clock);
  const byArn = new Map<string, Entry>();
  const byName = new Map<string, Entry>();
  const finished: Entry[] = [];
  let closed = false;

  const release = (entry: Entry, execution: Execution, outcome: Outcome) => {
    entry.record = { ...entry.record, status: outcome.status, endedAt: clock.now() };
    entry.execution = undefined;
    if (closed) return;
    finished.push(entry);
    if (finished.length > keptRecords) forget(finished.shift());
    onFinished({ ...entry.record, outcome, operations: execution.operations() });
  };
  const forget = (entry: Entry | undefined) => {
    if (!entry) return;
    kept.forget(entry.record.arn);
    byArn.delete(entry.record.arn);
    byName.delete(nameKey(entry.record.functionName, entry.record.name));
  };
  const add = (entry: Entry) => {
    byArn.set(entry.record.arn, entry);
    byName.set(nameKey(entry.record.functionName, entry.record.name), entry);
  };
  const run = (entry: Entry, invoke: StartRequest['invoke'], operations: Operation[], isSuspended: boolean) => {
    const { arn, startedAt, executionTimeoutSeconds } = entry.record;
    const execution = startExecution({
      arn,
      operations,
      isSuspended,
      expiresAt: startedAt + executionTimeoutSeconds * 1000,
      clock,
      keeper: kept.keeper(entry),
      invoke: (event) => invoke(event, arn),
      pageLimits,
    });
    entry.execution = execution;
    void execution.ended.then((outcome) => release(entry, execution, outcome));
    return execution;
  };
  const find = (arn: string): Entry => {
    const entry = byArn.get(arn);
    if (!entry) throw notFound(`Durable execution not found: ${arn}`);
    return entry;
  };

  return {
    start: (request) => {
      const { functionName, qualifier, payload, name = randomUUID() } = request;
      if (!namePattern.test(name)) throw invalidParameter('DurableExecutionName must match [a-zA-Z0-9-_]{1,64}.');
      const payloadHash = createHash('sha256').update(payload).digest('hex');
      const existing = byName.get(nameKey(functionName, name));
      if (existing) {
        if (existing.payloadHash !== payloadHash) throw alreadyStarted(name);
        return { record: existing.record, ended: existing.execution?.ended };
      }
      const qualifiedArn = functionArn(functionName, qualifier);
      const arn = `${qualifiedArn}/durable-execution/${name}/${randomUUID()}`;
      const record: ExecutionRecord = {
        arn,
        name,
        functionName,
        functionArn: qualifiedArn,
        status: 'RUNNING',
        startedAt: clock.now(),
        executionTimeoutSeconds: request.executionTimeoutSeconds,
      };
      const entry: Entry = { record, payloadHash };
      const operations = startOperations(payload, clock);
      kept.begin(entry, operations);
      add(entry);
      return { record, ended: run(entry, request.invoke, operations, false).ended };
    },
    resume: (findInvoke) => {
      const resumed: ExecutionRecord[] = [];
      for (const { record, payloadHash, operations, isSuspended } of kept.read()) {
        const entry: Entry = { record, payloadHash };
        add(entry);
        const invoke = record.status === 'RUNNING' ? findInvoke(record) : undefined;
        if (invoke) {
          run(entry, invoke, operations, isSuspended);
          resumed.push(record);
        } else if (record.status !== 'RUNNING') finished.push(entry);
      }
      while (finished.length > keptRecords) forget(finished.shift());
      return resumed;
    },
    running: (arn) => {
      const { execution } = find(arn);
      if (!execution) throw notFound(`Durable execution has ended: ${arn}`);
      return execution;
    },
    record: (arn) => find(arn).record,
    list: (functionName) =>
      [...byArn.values()].map((entry) => entry.record).filter((record) => record.functionName === functionName),
    close: () => {
      closed = true;
      const error = { ErrorType: 'ServiceException', ErrorMessage: 'The local Lambda service was closed.' };
      for (const { execution } of byArn.values()) execution?.stop({ status: 'STOPPED', error });
    },
  };
};

const nameKey = (functionName: string, name: string) => `${functionName}/${name}`;
