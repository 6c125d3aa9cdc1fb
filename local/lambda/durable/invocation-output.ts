import type { ErrorObject } from '@aws-sdk/client-lambda';
import * as z from 'zod';

/** How a durable execution ended. */
export type Outcome =
  | { status: 'SUCCEEDED'; result?: string }
  | { status: 'FAILED' | 'TIMED_OUT' | 'STOPPED'; error: ErrorObject };

const outputSchema = z.discriminatedUnion('Status', [
  z.object({ Status: z.literal('SUCCEEDED'), Result: z.string().optional() }),
  z.object({
    Status: z.literal('FAILED'),
    Error: z.object({
      ErrorMessage: z.string().optional(),
      ErrorType: z.string().optional(),
      ErrorData: z.string().optional(),
      StackTrace: z.array(z.string()).optional(),
    }),
  }),
  z.object({ Status: z.literal('PENDING') }),
]);

/** What one invocation of a durable function decided: the end of the execution, or that it goes on later. */
export type InvocationOutput = Outcome | { status: 'PENDING' };

/** Reads the answer of a durable function; anything but the SDK's shape fails the execution, as it does at AWS. */
export const readInvocationOutput = (payload: string): InvocationOutput => {
  const parsed = outputSchema.safeParse(JSON.parse(payload));
  if (!parsed.success) {
    const error = {
      ErrorType: 'InvalidParameterValueException',
      ErrorMessage: 'Invalid Status in invocation output.',
    };
    return { status: 'FAILED', error };
  }
  const output = parsed.data;
  switch (output.Status) {
    case 'SUCCEEDED':
      return { status: 'SUCCEEDED', result: output.Result };
    case 'FAILED':
      return { status: 'FAILED', error: output.Error };
    case 'PENDING':
      return { status: 'PENDING' };
  }
};
