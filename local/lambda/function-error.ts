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
