/** The command was called in a way that cannot be carried out; nothing has been done. Ends it with 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The command could not do what it was asked to; the message says why and what helps. Ends it with 1. */
export class CredentialsError extends Error {
  override readonly name: string = 'CredentialsError';
}

/** There is no such stack where the command looked for it. */
export class StackNotFoundError extends CredentialsError {
  override readonly name = 'StackNotFoundError';
}

/** A function of the stack failed; the message is the function's own, which holds no value of a secret. */
export class FunctionFailedError extends CredentialsError {
  override readonly name = 'FunctionFailedError';
}
