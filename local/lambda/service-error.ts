/** An error that the Lambda service itself answers, as opposed to one of a function's code. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  /** Name of the exception in the Lambda API. */
  readonly code: string;
  /** HTTP status of the answer. */
  readonly status: number;

  constructor(code: string, status: number, message: string) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

export const notFound = (message: string) => new ServiceError('ResourceNotFoundException', 404, message);

export const invalidParameter = (message: string) => new ServiceError('InvalidParameterValueException', 400, message);

export const invalidContent = (message: string) => new ServiceError('InvalidRequestContentException', 400, message);

export const conflict = (message: string) => new ServiceError('ResourceConflictException', 409, message);

export const alreadyStarted = (name: string) =>
  new ServiceError(
    'DurableExecutionAlreadyStartedException',
    409,
    `A durable execution named ${name} was already started with another payload.`,
  );

/** @param limitBytes the limit that was passed */
export const requestTooLarge = (limitBytes: number) =>
  new ServiceError(
    'RequestTooLargeException',
    413,
    `Request must be smaller than ${limitBytes} bytes for the InvokeFunction operation`,
  );
