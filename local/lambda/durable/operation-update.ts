import * as z from 'zod';

// Lambda: "Valid Range: Minimum value of 1. Maximum value of 31622400" (366 days).
const delaySeconds = z.int().min(1).max(31_622_400);

const errorSchema = z.object({
  ErrorMessage: z.string().optional(),
  ErrorType: z.string().optional(),
  ErrorData: z.string().optional(),
  StackTrace: z.array(z.string()).optional(),
});

const updateSchema = z.object({
  Id: z.string().min(1),
  ParentId: z.string().nullish(),
  Name: z.string().optional(),
  Type: z.enum(['EXECUTION', 'STEP', 'WAIT', 'CONTEXT', 'CALLBACK', 'CHAINED_INVOKE']),
  SubType: z.string().optional(),
  Action: z.enum(['START', 'SUCCEED', 'FAIL', 'RETRY', 'CANCEL']),
  Payload: z.string().optional(),
  Error: errorSchema.optional(),
  ContextOptions: z.object({ ReplayChildren: z.boolean().optional() }).optional(),
  StepOptions: z.object({ NextAttemptDelaySeconds: delaySeconds.optional() }).optional(),
  WaitOptions: z.object({ WaitSeconds: delaySeconds.optional() }).optional(),
});

/** The body of CheckpointDurableExecution. */
export const checkpointSchema = z.object({
  CheckpointToken: z.string().min(1),
  ClientToken: z.string().optional(),
  Updates: z.array(updateSchema).default([]),
});

/** The body of CheckpointDurableExecution. */
export type CheckpointRequest = z.output<typeof checkpointSchema>;

/** One change of one operation that a durable function asks for. */
export type OperationUpdate = CheckpointRequest['Updates'][number];
