import { GatewayError } from '#shared/errors.ts';

/** The command was called in a way that cannot be carried out; nothing has been done. Ends it with 2. */
export class UsageError extends GatewayError {
  /** @param message says what to change; repeats no value, which may be a secret */
  constructor(message: string) {
    super('usage', message);
  }
}

/** The command could not do what it was asked to; the message says why and what helps. Ends it with 1. */
export class CredentialsError extends GatewayError {
  constructor(message: string, code = 'credentials') {
    super(code, message);
  }
}

/** The stack does not exist where the command looked for it. */
export class StackNotFoundError extends CredentialsError {
  constructor(message: string) {
    super(message, 'stack_not_found');
  }
}

/** A function of the stack failed; the message is the function's own, which holds no value of a secret. */
export class FunctionFailedError extends CredentialsError {
  constructor(message: string) {
    super(message, 'function_failed');
  }
}

/** A rotation did not put a new client secret into service; the message says why. */
export class RotationFailedError extends CredentialsError {
  constructor(message: string) {
    super(message, 'rotation_failed');
  }
}
