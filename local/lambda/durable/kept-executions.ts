import type { Operation } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import type { Clock } from '#shared/clock.ts';
import type { Change, State } from '../../data/state.ts';
import type { ExecutionKeeper } from './execution.ts';
import type { Outcome } from './invocation-output.ts';

/** What stays known of an execution, also after its operations were released. */
export interface ExecutionRecord {
  arn: string;
  name: string;
  functionName: string;
  functionArn: string;
  status: 'RUNNING' | Outcome['status'];
  /** Epoch milliseconds. */
  startedAt: number;
  endedAt?: number;
  executionTimeoutSeconds: number;
}

/** What is kept of an execution beside its operations. */
export interface KeptRecord {
  record: ExecutionRecord;
  /** SHA-256 of the event. */
  payloadHash: string;
}

/** An execution as a crash left it. */
export interface KeptExecution extends KeptRecord {
  operations: Operation[];
  isSuspended: boolean;
}

/** Durable executions in the data folder. */
export interface KeptExecutions {
  /** Keeps a new one. */
  begin(kept: KeptRecord, operations: readonly Operation[]): void;
  keeper(kept: KeptRecord): ExecutionKeeper;
  forget(arn: string): void;
  /** Oldest first. */
  read(): KeptExecution[];
}

const keptSchema = z.object({
  payloadHash: z.string(),
  record: z.object({
    arn: z.string(),
    name: z.string(),
    functionName: z.string(),
    functionArn: z.string(),
    status: z.enum(['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'STOPPED']),
    startedAt: z.number(),
    endedAt: z.number().optional(),
    executionTimeoutSeconds: z.number(),
  }),
});

const error = z.object({
  ErrorMessage: z.string().optional(),
  ErrorType: z.string().optional(),
  ErrorData: z.string().optional(),
  StackTrace: z.array(z.string()).optional(),
});
const ending = { Result: z.string().optional(), Error: error.optional() };

const operationSchema = z.object({
  Id: z.string(),
  ParentId: z.string().optional(),
  Name: z.string().optional(),
  Type: z.enum(['EXECUTION', 'STEP', 'WAIT', 'CONTEXT', 'CALLBACK', 'CHAINED_INVOKE']),
  SubType: z.string().optional(),
  Status: z.enum(['STARTED', 'PENDING', 'READY', 'SUCCEEDED', 'FAILED', 'CANCELLED', 'TIMED_OUT', 'STOPPED']),
  StartTimestamp: z.coerce.date(),
  EndTimestamp: z.coerce.date().optional(),
  ExecutionDetails: z.object({ InputPayload: z.string().optional() }).optional(),
  ContextDetails: z.object({ ReplayChildren: z.boolean().optional(), ...ending }).optional(),
  StepDetails: z
    .object({ Attempt: z.int().optional(), NextAttemptTimestamp: z.coerce.date().optional(), ...ending })
    .optional(),
  WaitDetails: z.object({ ScheduledEndTimestamp: z.coerce.date().optional() }).optional(),
});

const idOf = (arn: string, place: number): string => `${arn}#${String(place).padStart(5, '0')}`;

const toChanges = (arn: string, operations: readonly { place: number; operation: unknown }[]): Change[] =>
  operations.map(({ place, operation }) => ({ kind: 'operation', id: idOf(arn, place), value: operation }));

/** Keeps executions in the state: a record each, and each operation by itself, as checkpoints change few of many. */
export const keepExecutions = (state: State, clock: Clock): KeptExecutions => {
  const suspended = new Set<string>();
  const suspend = (arn: string, isSuspended: boolean): Change[] => {
    if (suspended.has(arn) === isSuspended) return [];
    return [{ kind: 'suspended', id: arn, value: isSuspended || undefined }];
  };
  const note = (arn: string, isSuspended: boolean) => {
    if (isSuspended) suspended.add(arn);
    else suspended.delete(arn);
  };
  return {
    begin: (kept, operations) => {
      const { arn } = kept.record;
      const placed = operations.map((operation, place) => ({ place, operation }));
      state.write({ kind: 'execution', id: arn, value: kept }, ...toChanges(arn, placed));
    },
    keeper: ({ record, payloadHash }) => ({
      keep: (operations, isSuspended) => {
        const { arn } = record;
        state.write(...toChanges(arn, operations), ...suspend(arn, isSuspended));
        note(arn, isSuspended);
      },
      keepEnd: ({ status }, operationCount) => {
        const { arn } = record;
        const ended = { payloadHash, record: { ...record, status, endedAt: clock.now() } };
        const operations = Array.from({ length: operationCount }, (_, place) => ({ place, operation: undefined }));
        state.write(
          { kind: 'execution', id: arn, value: ended },
          ...toChanges(arn, operations),
          ...suspend(arn, false),
        );
        note(arn, false);
      },
    }),
    forget: (arn) => {
      try {
        state.write({ kind: 'execution', id: arn, value: undefined });
      } catch (error) {
        // It is forgotten at a later start; nothing waits for it.
        console.error(`A finished execution could not be forgotten: ${String(error)}`);
      }
    },
    read: () => {
      const operations = Map.groupBy(state.read('operation', operationSchema), ([id]) =>
        id.slice(0, id.lastIndexOf('#')),
      );
      for (const arn of state.read('suspended', z.literal(true)).keys()) suspended.add(arn);
      return [...state.read('execution', keptSchema).values()]
        .toSorted((a, b) => a.record.startedAt - b.record.startedAt)
        .map(({ record, payloadHash }) => ({
          record,
          payloadHash,
          operations: (operations.get(record.arn) ?? []).map(([, operation]) => operation),
          isSuspended: suspended.has(record.arn),
        }));
    },
  };
};
