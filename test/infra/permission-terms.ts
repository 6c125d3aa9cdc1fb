import type { FunctionName } from '#shared/deployment/names.ts';

/** The functions whose executions are durable. */
export const durableFunctions = ['generate', 'inbox', 'notify'] as const;

type DurableFunction = (typeof durableFunctions)[number];

/** What a permission is about; each stands for one ARN in the template. */
export type Target =
  | `log group of ${FunctionName}`
  | `function ${FunctionName}`
  | `alias live of ${DurableFunction}`
  | `every version of ${DurableFunction}`
  | 'job table'
  | 'index queue'
  | 'index caller'
  | 'index states'
  | 'index changes'
  | 'index unpublished'
  | 'rotation table'
  | 'webhook table'
  | 'caller table'
  | 'audit table'
  | 'bucket'
  | `bucket ${'outputs' | 'thumbnails' | 'incoming' | 'inbox' | 'batches' | 'uploads' | 'policies'}/*`
  | 'every job.json'
  | 'secret client-credentials'
  | 'secret access-token'
  | 'queue of failures'
  | 'event bus of the stack'
  | 'secret signing-key'
  | 'event bus default'
  | 'key of the account'
  | 'everything';

/** Some actions on one target, in some cases under a condition. */
export interface Permission {
  on: Target;
  may: string[];
  /** Only under this IAM condition. */
  when?: Record<string, Record<string, unknown>>;
}

/** Each function runs as itself; each schedule has a role that may start one function. */
export type Principal = FunctionName | `schedule of ${'dispatch' | 'token-refresh' | 'secret-rotation'}`;
