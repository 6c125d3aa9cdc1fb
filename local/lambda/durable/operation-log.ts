import { randomUUID } from 'node:crypto';
import type { Operation, OperationStatus } from '@aws-sdk/client-lambda';
import type { Clock } from '#shared/clock.ts';
import { applyUpdate, newOperation } from './apply-update.ts';
import { checkUpdates } from './checkpoint-rules.ts';
import type { OperationUpdate } from './operation-update.ts';

/** A wait or a retry that the service has to end. */
export interface Due {
  operationId: string;
  /** Epoch milliseconds. */
  at: number;
}

/** Everything a durable execution has recorded. */
export interface OperationLog {
  /** All operations in the order in which they were started; the first is the execution itself. */
  all(): Operation[];
  /** What a replay needs: all but the children of finished contexts that are not replayed. */
  replayed(): Operation[];
  /**
   * Returns what takes the updates back.
   *
   * @throws {ServiceError} InvalidParameterValueException, and then nothing was applied
   */
  apply(updates: readonly OperationUpdate[]): () => void;
  /** Ends a wait, or makes a step ready for its next attempt; does nothing if it no longer waits. */
  elapse(operationId: string): void;
  /** Gives the execution's own operation its last status. */
  end(status: OperationStatus): void;
  /** The waits and retries that have not elapsed yet. */
  due(): Due[];
  /** The operations that changed since the last call. */
  takeChanged(): Operation[];
  hasChanged(): boolean;
  /** The operations that are not on the disk as they are, with their places in {@link all}. */
  unsaved(): { place: number; operation: Operation }[];
  /** What {@link unsaved} answered is on the disk. */
  saved(): void;
}

/** The operations of a new execution: itself, with its event as JSON. */
export const startOperations = (inputPayload: string, clock: Clock): Operation[] => [
  {
    Id: randomUUID(),
    Type: 'EXECUTION',
    Status: 'STARTED',
    StartTimestamp: new Date(clock.now()),
    ExecutionDetails: { InputPayload: inputPayload },
  },
];

/** @param recorded all operations so far, the first of which is the execution itself */
export const createOperationLog = (recorded: readonly Operation[], clock: Clock): OperationLog => {
  const [execution] = recorded;
  const executionId = execution?.Id;
  if (execution === undefined || executionId === undefined)
    throw new Error('An execution has an operation of its own.');
  let operations = new Map(recorded.map((operation) => [operation.Id ?? executionId, operation]));
  const changed = new Set<string>();
  const unsaved = new Set<string>();

  const record = (operation: Operation) => {
    const id = operation.Id ?? executionId;
    operations.set(id, operation);
    changed.add(id);
    unsaved.add(id);
  };

  return {
    all: () => [...operations.values()],
    replayed: () => withoutPrunedChildren(operations),
    apply: (updates) => {
      checkUpdates(updates, operations);
      const before = operations;
      operations = new Map(before);
      for (const update of updates) {
        // The SDK invents an id for the update that ends the execution; the service applies it to the execution itself.
        const id = update.Type === 'EXECUTION' ? executionId : update.Id;
        record(applyUpdate(operations.get(id) ?? newOperation(update, clock.now()), update, clock.now()));
      }
      return () => {
        operations = before;
        for (const id of unsaved) if (!before.has(id)) unsaved.delete(id);
        for (const id of changed) if (!before.has(id)) changed.delete(id);
      };
    },
    elapse: (operationId) => {
      const operation = operations.get(operationId);
      if (operation?.Type === 'WAIT' && operation.Status === 'STARTED') {
        record({ ...operation, Status: 'SUCCEEDED', EndTimestamp: new Date(clock.now()) });
      } else if (operation?.Type === 'STEP' && operation.Status === 'PENDING') {
        record({ ...operation, Status: 'READY' });
      }
    },
    end: (status) => {
      operations.set(executionId, { ...execution, Status: status, EndTimestamp: new Date(clock.now()) });
    },
    due: () => [...operations.values()].flatMap((operation) => dueOf(operation) ?? []),
    takeChanged: () => {
      const taken = [...changed].flatMap((id) => operations.get(id) ?? []);
      changed.clear();
      return taken;
    },
    hasChanged: () => changed.size > 0,
    unsaved: () =>
      [...operations.values()].flatMap((operation, place) =>
        unsaved.has(operation.Id ?? executionId) ? [{ place, operation }] : [],
      ),
    saved: () => unsaved.clear(),
  };
};

const dueOf = (operation: Operation): Due | undefined => {
  const waits = operation.Type === 'WAIT' && operation.Status === 'STARTED';
  const retries = operation.Type === 'STEP' && operation.Status === 'PENDING';
  const at = waits ? operation.WaitDetails?.ScheduledEndTimestamp : operation.StepDetails?.NextAttemptTimestamp;
  return (waits || retries) && operation.Id && at ? { operationId: operation.Id, at: at.getTime() } : undefined;
};

const withoutPrunedChildren = (operations: ReadonlyMap<string, Operation>): Operation[] => {
  const pruned = new Set<string>();
  return [...operations.values()].filter((operation) => {
    const parent = operation.ParentId ? operations.get(operation.ParentId) : undefined;
    if (!parent?.Id) return true;
    const finished = parent.Status === 'SUCCEEDED' || parent.Status === 'FAILED';
    const prune = pruned.has(parent.Id) || (finished && !parent.ContextDetails?.ReplayChildren);
    if (prune && operation.Id) pruned.add(operation.Id);
    return !prune;
  });
};
