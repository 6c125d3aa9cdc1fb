import type { Operation, OperationStatus } from '@aws-sdk/client-lambda';
import { invalidParameter } from '../errors.ts';
import type { OperationUpdate } from './operation-update.ts';

// Lambda quotas of durable functions.
const maxOperations = 3_000;
const maxPayloadBytes = 256 * 1024;
const maxErrorBytes = 32 * 1024;

/** For each kind of operation, the statuses in which each action is allowed; `new` means that it must not exist yet. */
const allowedStatuses: Partial<
  Record<OperationUpdate['Type'], Partial<Record<OperationUpdate['Action'], readonly (OperationStatus | 'new')[]>>>
> = {
  STEP: {
    START: ['new', 'READY'],
    RETRY: ['new', 'STARTED', 'READY'],
    SUCCEED: ['new', 'STARTED', 'READY'],
    FAIL: ['new', 'STARTED', 'READY'],
  },
  CONTEXT: { START: ['new'], SUCCEED: ['new', 'STARTED'], FAIL: ['new', 'STARTED'] },
  WAIT: { START: ['new'], CANCEL: ['STARTED'] },
  EXECUTION: { SUCCEED: ['new'], FAIL: ['new'] },
};

/**
 * Checks all updates of one checkpoint against the recorded operations, as the service does before it applies any.
 *
 * @throws {ServiceError} InvalidParameterValueException with the first rule that is broken
 */
export const checkUpdates = (updates: readonly OperationUpdate[], recorded: ReadonlyMap<string, Operation>): void => {
  checkExecutionUpdate(updates);
  const earlier = new Map<string, OperationUpdate>();
  for (const update of updates) {
    checkTransition(update, recorded.get(update.Id));
    checkDuplicate(update, earlier.get(update.Id));
    checkParent(update, earlier, recorded);
    checkSize(update);
    earlier.set(update.Id, update);
  }
  const added = [...earlier.keys()].filter((id) => !recorded.has(id)).length;
  if (added > 0 && recorded.size + added > maxOperations) {
    throw invalidParameter(`A durable execution can have ${maxOperations} operations at most.`);
  }
};

const checkExecutionUpdate = (updates: readonly OperationUpdate[]) => {
  const index = updates.findIndex((update) => update.Type === 'EXECUTION');
  if (index >= 0 && index !== updates.length - 1) {
    throw invalidParameter('EXECUTION checkpoint must be the last update.');
  }
};

const checkTransition = (update: OperationUpdate, operation: Operation | undefined) => {
  const { Type: type, Action: action } = update;
  const actions = allowedStatuses[type];
  if (!actions) throw invalidParameter(`The local Lambda service does not run operations of the type ${type}.`);
  const statuses = actions[action];
  if (!statuses) throw invalidParameter(`Invalid action ${action} for the operation type ${type}.`);
  if (operation && operation.Type !== type) throw invalidParameter('The type of an operation cannot change.');
  if (!statuses.includes(operation?.Status ?? 'new')) {
    throw invalidParameter(`Invalid current ${type} state for ${action}: ${operation?.Status ?? 'not started'}.`);
  }
  if (action === 'FAIL' && update.Payload !== undefined) {
    throw invalidParameter('Cannot provide a Payload for FAIL action.');
  }
  if (action === 'SUCCEED' && update.Error !== undefined) {
    throw invalidParameter('Cannot provide an Error for SUCCEED action.');
  }
  if (action === 'RETRY' && update.StepOptions?.NextAttemptDelaySeconds === undefined) {
    throw invalidParameter('Invalid StepOptions for the given action.');
  }
  if (action === 'RETRY' && update.Error !== undefined && update.Payload !== undefined) {
    throw invalidParameter('Cannot provide both error and payload to RETRY a STEP.');
  }
  if (type === 'WAIT' && action === 'START' && update.WaitOptions?.WaitSeconds === undefined) {
    throw invalidParameter('Invalid WaitOptions for the given action.');
  }
};

const checkDuplicate = (update: OperationUpdate, earlier: OperationUpdate | undefined) => {
  if (!earlier) return;
  const startedBefore = earlier.Action === 'START' && update.Action !== 'START';
  if (!startedBefore || (earlier.Type !== 'STEP' && earlier.Type !== 'CONTEXT')) {
    throw invalidParameter('Cannot update the same operation twice in a single request.');
  }
};

const checkParent = (
  update: OperationUpdate,
  earlier: ReadonlyMap<string, OperationUpdate>,
  recorded: ReadonlyMap<string, Operation>,
) => {
  if (!update.ParentId) return;
  const parent = earlier.get(update.ParentId) ?? recorded.get(update.ParentId);
  if (parent?.Type !== 'CONTEXT') throw invalidParameter('Invalid parent operation id.');
};

const checkSize = (update: OperationUpdate) => {
  if (update.Error !== undefined && Buffer.byteLength(JSON.stringify(update)) > maxErrorBytes) {
    throw invalidParameter(`Error object size must be less than ${maxErrorBytes} bytes.`);
  }
  // The result of a whole execution may be as large as a synchronous answer.
  if (update.Type !== 'EXECUTION' && Buffer.byteLength(update.Payload ?? '') > maxPayloadBytes) {
    throw invalidParameter(
      `${update.Type} output payload size must be less than or equal to ${maxPayloadBytes} bytes.`,
    );
  }
};
