import { GatewayError } from '#shared/errors.ts';

/** An error as a service of AWS answers it; `code` is what its SDK shows as the exception's name. */
export class ServiceError extends GatewayError {
  /** HTTP status of the answer. */
  declare readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(code, message, { status });
  }
}
