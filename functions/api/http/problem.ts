import { STATUS_CODES } from 'node:http';
import { GatewayError } from '#shared/errors.ts';
import type { ValidationError } from '#shared/requests/validation-errors.ts';
import { type HttpResponse, jsonResponse } from './response.ts';

/** What an error answer says besides its status, code and message. */
export interface ProblemDetails {
  headers?: Record<string, string>;
  /** Every field that is wrong, in Adobe's shape. */
  validationErrors?: ValidationError[];
  /** Further members of the body (RFC 9457, extension members). */
  extensions?: Record<string, unknown>;
}

/** An error that the client is told about as it is: neither code nor message may hold anything secret. */
export class ProblemError extends GatewayError {
  override readonly status: number;
  readonly details: ProblemDetails;

  /**
   * @param status HTTP status of the answer
   * @param code Adobe's `error_code` where Adobe has one for the case
   * @param message one sentence for a person
   */
  constructor(status: number, code: string, message: string, details: ProblemDetails = {}) {
    super(code, message, { status });
    this.status = status;
    this.details = details;
  }
}

/**
 * Writes an error as problem+json (RFC 9457) that also carries Adobe's `error_code`, `message` and `validation_errors`,
 * so that both kinds of client understand it.
 *
 * @param requestId lets a person find the request in the logs
 */
export const problemResponse = ({ status, code, message, details }: ProblemError, requestId?: string): HttpResponse =>
  jsonResponse(
    status,
    {
      type: `urn:firefly-gateway:problem:${encodeURIComponent(code)}`,
      title: STATUS_CODES[status] ?? 'Error',
      status,
      detail: message,
      error_code: code,
      message,
      validation_errors: details.validationErrors,
      ...details.extensions,
      request_id: requestId,
    },
    { ...details.headers, 'content-type': 'application/problem+json' },
  );

/** The answer for a job that does not exist or belongs to another caller: the two must not be told apart. */
export const unknownJob = (): ProblemError => new ProblemError(404, 'unknown_job_id', 'There is no such job.');
