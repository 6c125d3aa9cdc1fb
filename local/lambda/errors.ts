import { ServiceError } from '../service-error.ts';

/** How Lambda reports a failed invocation: the payload that comes with the header `X-Amz-Function-Error: Unhandled`. */
export interface FunctionFailure {
  errorType: string;
  errorMessage: string;
  trace: string[];
}

/** A function's code threw, timed out or took its sandbox down. */
export class FunctionError extends Error {
  override readonly name = 'FunctionError';
  readonly failure: FunctionFailure;

  constructor(failure: FunctionFailure) {
    super(`${failure.errorType}: ${failure.errorMessage}`);
    this.failure = failure;
  }
}

/** The failure of one invocation that has no stack trace of the function's own. */
export const sandboxFailure = (errorType: string, requestId: string, message: string): FunctionError =>
  new FunctionError({ errorType, errorMessage: `RequestId: ${requestId} Error: ${message}`, trace: [] });

/** Describes whatever a function threw the way Lambda's Node runtime does. */
export const describeThrown = (thrown: unknown): FunctionFailure =>
  thrown instanceof Error
    ? { errorType: thrown.name, errorMessage: thrown.message, trace: (thrown.stack ?? '').split('\n') }
    : { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };

export const notFound = (message: string) => new ServiceError('ResourceNotFoundException', message, 404);

export const invalidParameter = (message: string) => new ServiceError('InvalidParameterValueException', message);

export const invalidContent = (message: string) => new ServiceError('InvalidRequestContentException', message);

export const conflict = (message: string) => new ServiceError('ResourceConflictException', message, 409);

export const alreadyStarted = (name: string) =>
  new ServiceError(
    'DurableExecutionAlreadyStartedException',
    `A durable execution named ${name} was already started with another payload.`,
    409,
  );

/** @param limitBytes the limit that was passed */
export const requestTooLarge = (limitBytes: number) =>
  new ServiceError(
    'RequestTooLargeException',
    `Request must be smaller than ${limitBytes} bytes for the InvokeFunction operation`,
    413,
  );
