import type { Operation } from '@aws-sdk/client-lambda';
import type { OperationUpdate } from './operation-update.ts';

/**
 * The operation that an update starts, before the update itself is applied.
 *
 * @param now epoch milliseconds
 */
export const newOperation = (update: OperationUpdate, now: number): Operation => ({
  Id: update.Id,
  ...(update.ParentId ? { ParentId: update.ParentId } : {}),
  ...(update.Name === undefined ? {} : { Name: update.Name }),
  ...(update.SubType === undefined ? {} : { SubType: update.SubType }),
  Type: update.Type,
  Status: 'STARTED',
  StartTimestamp: new Date(now),
});

/**
 * The operation after an update that the checkpoint rules allow.
 *
 * @param now epoch milliseconds
 */
export const applyUpdate = (operation: Operation, update: OperationUpdate, now: number): Operation => {
  switch (update.Action) {
    case 'START':
      return start(operation, update, now);
    case 'RETRY':
      return retry(operation, update, now);
    case 'CANCEL':
      return { ...operation, Status: 'CANCELLED', EndTimestamp: new Date(now) };
    case 'SUCCEED':
      return end({ ...operation, Status: 'SUCCEEDED', EndTimestamp: new Date(now) }, update);
    case 'FAIL':
      return end({ ...operation, Status: 'FAILED', EndTimestamp: new Date(now) }, update);
  }
};

const start = (operation: Operation, update: OperationUpdate, now: number): Operation => {
  switch (update.Type) {
    case 'STEP': {
      // What the previous attempt left stays: a condition's state is carried from attempt to attempt.
      const { NextAttemptTimestamp: _elapsed, ...previous } = operation.StepDetails ?? {};
      return { ...operation, Status: 'STARTED', ...(operation.StepDetails ? { StepDetails: previous } : {}) };
    }
    case 'WAIT':
      return {
        ...operation,
        WaitDetails: { ScheduledEndTimestamp: secondsAfter(now, update.WaitOptions?.WaitSeconds) },
      };
    case 'CONTEXT':
      return { ...operation, ContextDetails: { ReplayChildren: update.ContextOptions?.ReplayChildren } };
    default:
      return operation;
  }
};

const retry = (operation: Operation, update: OperationUpdate, now: number): Operation => ({
  ...operation,
  Status: 'PENDING',
  StepDetails: {
    Attempt: (operation.StepDetails?.Attempt ?? 0) + 1,
    NextAttemptTimestamp: secondsAfter(now, update.StepOptions?.NextAttemptDelaySeconds),
    Result: update.Payload,
    Error: update.Error,
  },
});

const end = (ended: Operation, update: OperationUpdate): Operation => {
  const outcome = { Result: update.Payload, Error: update.Error };
  switch (update.Type) {
    case 'STEP':
      return { ...ended, StepDetails: { Attempt: (ended.StepDetails?.Attempt ?? 0) + 1, ...outcome } };
    case 'CONTEXT': {
      const replayChildren = update.ContextOptions?.ReplayChildren ?? ended.ContextDetails?.ReplayChildren;
      return { ...ended, ContextDetails: { ReplayChildren: replayChildren, ...outcome } };
    }
    default:
      return ended;
  }
};

const secondsAfter = (now: number, seconds = 0): Date => new Date(now + seconds * 1000);
