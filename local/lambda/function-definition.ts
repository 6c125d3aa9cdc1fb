/** A function that the local Lambda service runs from its TypeScript source. */
export interface FunctionDefinition {
  /** Name of the function, `[a-zA-Z0-9-_]{1,64}`. */
  name: string;
  /** Absolute path of the module that exports `handler`. */
  handlerPath: string;
  /** The function's environment, over the variables that Lambda itself sets. */
  env: Record<string, string>;
  /** Longest time one invocation may take, in milliseconds; the sandbox is ended then. */
  timeoutMs: number;
  /** Sandboxes that may run at the same time, 5 by default; further invocations wait their turn. */
  maxConcurrency?: number;
  /** Aliases it can be invoked by, besides `$LATEST`; `['live']` by default. */
  aliases?: readonly string[];
  /** Makes it a durable function. */
  durable?: {
    /** Longest life of one durable execution, in seconds. */
    executionTimeoutSeconds: number;
  };
}

/** Region and account of everything local. */
export const region = 'us-east-1';
export const accountId = '000000000000';

/** What `memoryLimitInMB` of the context shows; a local sandbox has no limit of its own. */
export const memorySizeMb = 512;

/** The ARN of a function, qualified when a qualifier is given. */
export const functionArn = (name: string, qualifier?: string): string =>
  `arn:aws:lambda:${region}:${accountId}:function:${name}${qualifier ? `:${qualifier}` : ''}`;
