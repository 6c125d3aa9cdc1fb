import type { AccessKey } from '#shared/loopback-guard.ts';
import { invalidParameter } from './errors.ts';

/** A function that the local Lambda service runs from its TypeScript source. */
export interface FunctionDefinition {
  /** Name of the function, `[a-zA-Z0-9-_]{1,64}`. */
  name: string;
  /** Absolute path of the module that exports `handler`. */
  handlerPath: string;
  /** What the function signs with, as its role; `local` by default. */
  accessKey?: AccessKey;
  /** The function's environment, over the variables that Lambda itself sets. */
  env: Record<string, string>;
  /** Longest time one invocation may take, in milliseconds; the sandbox is ended then. */
  timeoutMs: number;
  /** Sandboxes that may run at the same time, 5 by default; further invocations wait their turn. */
  maxConcurrency?: number;
  /**
   * Milliseconds that an invocation waits for one of the busy sandboxes before one more is started, 0 by default: to start one takes longer
   * than most invocations, and memory.
   */
  growMs?: number;
  /** Milliseconds for which its last sandbox is kept without work, 10,000 by default; it takes memory, and a new one some time. */
  keptMs?: number;
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

/** Which function, and which version or alias of it, a caller means. */
export interface FunctionReference {
  name: string;
  qualifier?: string;
}

const referencePattern =
  /^(?:arn:aws[a-z-]*:lambda:[a-z0-9-]+:)?(?:\d{12}:)?(?:function:)?(?<name>[\w-]{1,140})(?::(?<qualifier>\$LATEST|[\w-]+))?$/;

/**
 * Reads every form Lambda accepts: name, `name:alias`, partial ARN, ARN and qualified ARN.
 *
 * @param qualifier the `Qualifier` given beside the reference, if any
 * @throws {ServiceError} when it is none of these, or when two different qualifiers are given
 */
export const parseFunctionReference = (reference: string, qualifier?: string): FunctionReference => {
  const groups = referencePattern.exec(reference)?.groups;
  if (!groups?.['name']) throw invalidParameter(`Not a function name or ARN: ${reference.slice(0, 200)}`);
  const ownQualifier = groups['qualifier'];
  if (qualifier && ownQualifier && qualifier !== ownQualifier) {
    throw invalidParameter('The derived qualifier from the function name does not match the specified qualifier.');
  }
  return { name: groups['name'], qualifier: qualifier || ownQualifier };
};

/**
 * The environment of a function's sandboxes: what Lambda sets, then the function's own variables. Nothing of this
 * process's environment gets in, and no AWS configuration of the person who runs it.
 */
export const sandboxEnvironment = (definition: FunctionDefinition): Record<string, string> => ({
  AWS_REGION: region,
  AWS_DEFAULT_REGION: region,
  AWS_ACCESS_KEY_ID: definition.accessKey?.accessKeyId ?? 'local',
  AWS_SECRET_ACCESS_KEY: definition.accessKey?.secretAccessKey ?? 'local',
  ...(definition.accessKey?.sessionToken && { AWS_SESSION_TOKEN: definition.accessKey.sessionToken }),
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
  AWS_LAMBDA_FUNCTION_NAME: definition.name,
  AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memorySizeMb),
  AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${definition.name}`,
  AWS_LAMBDA_LOG_STREAM_NAME: 'local',
  _HANDLER: 'handler.handler',
  LANG: 'en_US.UTF-8',
  ...definition.env,
});
