/** What an error says beside its message. */
export interface ErrorDetails {
  /** Status of the HTTP answer that the error is about, or that it leads to. */
  status?: number;
  /** The id by which the other side knows the request, such as Adobe's `x-request-id`. */
  requestId?: string;
  /** What led to it. */
  cause?: unknown;
}

/** Base of the gateway's errors: each has a code that programs can branch on. */
export abstract class GatewayError extends Error {
  /** Stable name of what went wrong, in snake_case. */
  readonly code: string;
  readonly status?: number;
  readonly requestId?: string;

  constructor(code: string, message: string, { status, requestId, cause }: ErrorDetails = {}) {
    super(message, cause === undefined ? undefined : { cause });
    // Bundles are minified, which mangles the names of classes: the code is what a log or Lambda's errorType can name.
    this.name = code;
    this.code = code;
    this.status = status;
    this.requestId = requestId;
  }
}

/**
 * What an error says to people and programs, for a log line or a status item.
 *
 * @param fallback message for a thrown value that is no error
 */
export const describeError = (error: unknown, fallback: string): { code: string; message: string } => {
  if (error instanceof GatewayError) return { code: error.code, message: error.message };
  return error instanceof Error ? { code: error.name, message: error.message } : { code: 'unknown', message: fallback };
};
