/** The functions by the names of their folders. */
export const functionNames = [
  'api',
  'dispatch',
  'generate',
  'inbox',
  'notify',
  'passthrough',
  'thumbnail',
  'token-refresh',
  'secret-rotation',
  'caller-token',
  'authorize',
  'signing-key',
] as const;

/** The functions whose executions are durable. */
export const durableFunctionNames = ['generate', 'inbox', 'notify'] as const;

/** The functions that exist in the auth mode `callers` only. */
export const callerFunctionNames = ['caller-token', 'authorize', 'signing-key'] as const;

export type CallerFunctionName = (typeof callerFunctionNames)[number];

/** One of the functions of the gateway. */
export type FunctionName = (typeof functionNames)[number];

/**
 * The name of a stage's stack, which begins the name of everything in it that has one.
 *
 * Only what others must find by name has a name; bucket and tables have none, so that a stack can be made anew beside
 * the data that an earlier one left.
 */
export const readStackName = (stage: string): string => `firefly-gateway-${stage}`;

/** The name of a function in AWS. Functions name each other by it: references would be circular. */
export const lambdaName = (stackName: string, name: FunctionName): string => `${stackName}-${name}`;

/** The alias by which durable functions are invoked: an execution stays on the version that it began with. */
export const durableAlias = 'live';

/** The name of a stack's own event bus: stages of one account must never receive each other's events. */
export const eventBusName = (stackName: string): string => stackName;

/** The names of the secrets of a stack. */
export const secretNames = (stackName: string) => ({
  clientCredentials: `${stackName}/client-credentials`,
  accessToken: `${stackName}/access-token`,
  signingKey: `${stackName}/signing-key`,
});
