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
  /** @throws {ServiceError} InvalidParameterValueException, and then nothing was applied */
  apply(updates: readonly OperationUpdate[]): void;
  /** Ends a wait, or makes a step ready for its next attempt; does nothing if it no longer waits. */
  elapse(operationId: string): void;
  /** Gives the execution's own operation its last status. */
  end(status: OperationStatus): void;
  /** The waits and retries that have not elapsed yet. */
  due(): Due[];
  /** The operations that changed since the last call. */
  takeChanged(): Operation[];
  hasChanged(): boolean;
}

/** @param inputPayload the event of the execution as JSON */
export const createOperationLog = (inputPayload: string, clock: Clock): OperationLog => {
  const operations = new Map<string, Operation>();
  const changed = new Set<string>();
  const executionId = randomUUID();
  const execution: Operation = {
    Id: executionId,
    Type: 'EXECUTION',
    Status: 'STARTED',
    StartTimestamp: new Date(clock.now()),
    ExecutionDetails: { InputPayload: inputPayload },
  };
  operations.set(executionId, execution);

  const record = (operation: Operation) => {
    operations.set(operation.Id ?? executionId, operation);
    changed.add(operation.Id ?? executionId);
  };

  return {
    all: () => [...operations.values()],
    replayed: () => withoutPrunedChildren(operations),
    apply: (updates) => {
      checkUpdates(updates, operations);
      for (const update of updates) {
        // The SDK invents an id for the update that ends the execution; the service applies it to the execution itself.
        const id = update.Type === 'EXECUTION' ? executionId : update.Id;
        record(applyUpdate(operations.get(id) ?? newOperation(update, clock.now()), update, clock.now()));
      }
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
