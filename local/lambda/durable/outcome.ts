import type { ErrorObject } from '@aws-sdk/client-lambda';

/** How a durable execution ended. */
export type Outcome =
  | { status: 'SUCCEEDED'; result?: string }
  | { status: 'FAILED' | 'TIMED_OUT' | 'STOPPED'; error: ErrorObject };
