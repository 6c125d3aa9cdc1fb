import type { Operation } from '@aws-sdk/client-lambda';
import type { ExecutionRecord } from './durable/executions.ts';

/** A time as the Lambda API writes it: seconds since the epoch, with fractions. */
const epochSeconds = (time: Date | number | undefined) => (time === undefined ? undefined : Number(time) / 1000);

/** An operation as the Lambda API answers it; the invocation event carries ISO 8601 times instead. */
export const toApiOperation = (operation: Operation) => ({
  ...operation,
  StartTimestamp: epochSeconds(operation.StartTimestamp),
  EndTimestamp: epochSeconds(operation.EndTimestamp),
  StepDetails: operation.StepDetails && {
    ...operation.StepDetails,
    NextAttemptTimestamp: epochSeconds(operation.StepDetails.NextAttemptTimestamp),
  },
  WaitDetails: operation.WaitDetails && {
    ScheduledEndTimestamp: epochSeconds(operation.WaitDetails.ScheduledEndTimestamp),
  },
});

/** A durable execution as the Lambda API lists it. */
export const toApiExecution = (record: ExecutionRecord) => ({
  DurableExecutionArn: record.arn,
  DurableExecutionName: record.name,
  FunctionArn: record.functionArn,
  Status: record.status,
  StartTimestamp: epochSeconds(record.startedAt),
  EndTimestamp: epochSeconds(record.endedAt),
});
