import { STATUS_CODES } from 'node:http';
import * as z from 'zod';
import { GatewayError } from '#shared/errors.ts';
import { once } from '#shared/once.ts';
import type { ValidationError } from '#shared/requests/validation-errors.ts';

const problemExtensions = once(() => ({
  jobId: z.uuid().optional().meta({ description: 'The job that a caller waited for' }),
  reason: z.string().optional().meta({ description: "`error_code` by Adobe's name for it in `/v3/custom-models`" }),
  rule: z.string().optional().meta({ description: "The rule of the caller's policy that does not allow it" }),
  uploads: z.url().optional().meta({ description: 'Where larger images can be uploaded' }),
}));

/** What an error answer says besides its status, code and message. */
export interface ProblemDetails {
  headers?: Record<string, string>;
  /** Every field that is wrong, in Adobe's shape. */
  validationErrors?: ValidationError[];
  /** What a service would answer; its members go before those of a problem that have the same names. */
  body?: Record<string, unknown>;
  /** Further members of the body (RFC 9457, extension members). */
  extensions?: { jobId?: string; reason?: string; rule?: string; uploads?: string };
}

const validationError = once(() =>
  z.object({
    loc: z
      .array(z.union([z.string(), z.int()]))
      .meta({ description: '`body`, `header` or `query`, then the path inside' }),
    msg: z.string(),
    type: z.string(),
    ctx: z.record(z.string(), z.unknown()).optional(),
  }),
);

/** An error (RFC 9457) with Adobe's fields beside. */
export const problem = once(() =>
  z
    .object({
      type: z.string(),
      title: z.string(),
      status: z.int(),
      detail: z.string(),
      error_code: z.string().meta({ description: "Adobe's code where Adobe has one for the case" }),
      message: z.string(),
      validation_errors: z.array(validationError()).optional(),
      request_id: z.string().optional(),
      ...problemExtensions(),
    })
    .meta({ id: 'Problem' }),
);

/** An error that the client sees as it is: neither code nor message may hold anything secret. */
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
export const problemResponse = (error: ProblemError, requestId?: string): HttpResponse => {
  const { status, details } = error;
  return jsonResponse(
    status,
    { ...problemBody(error, requestId), ...details.body },
    { ...details.headers, 'content-type': 'application/problem+json' },
  );
};

/** The gateway's own members of an error body, without what a service would answer. */
export const problemBody = (
  { status, code, message, details }: ProblemError,
  requestId?: string,
): z.output<ReturnType<typeof problem>> => ({
  type: `urn:firefly-gateway:problem:${encodeURIComponent(code)}`,
  title: STATUS_CODES[status] ?? 'Error',
  status,
  detail: message,
  error_code: code,
  message,
  validation_errors: details.validationErrors,
  ...details.extensions,
  request_id: requestId,
});

/** An HTTP answer in the shape that API Gateway's payload format 2.0 takes. */
export interface HttpResponse {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
  /** Whether the body is bytes, written in base64. */
  isBase64Encoded?: boolean;
}

// Answers hold presigned URLs and the state of this very second: no cache may keep them. They repeat what callers wrote: no browser
// may take them for a page.
const common = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

/** An answer with a JSON body. */
export const jsonResponse = (
  statusCode: number,
  body: unknown,
  headers: Record<string, string> = {},
): HttpResponse => ({
  statusCode,
  headers: { ...common, 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});

/** An answer with a plain text for a body. */
export const textResponse = (statusCode: number, body: string, headers: Record<string, string> = {}): HttpResponse => ({
  statusCode,
  headers: { ...common, 'content-type': 'text/plain; charset=utf-8', ...headers },
  body,
});

// Lambda: of the answer as JSON, in which the body is a text.
const maxAnswerBytes = 6 * 1024 * 1024;

/** Whether Lambda takes an answer. */
export const fitsLambda = (response: HttpResponse): boolean =>
  // Written as a text, JSON takes less than three times as much.
  Buffer.byteLength(response.body) < maxAnswerBytes / 3 ||
  Buffer.byteLength(JSON.stringify(response)) <= maxAnswerBytes;

/** An answer without a body. */
export const emptyResponse = (statusCode: number, headers: Record<string, string> = {}): HttpResponse => ({
  statusCode,
  headers: { ...common, ...headers },
  body: '',
});

/** A time in an answer: ISO, in UTC; undefined stays undefined. */
export function toIso(epochMs: number): string;
export function toIso(epochMs: number | undefined): string | undefined;
export function toIso(epochMs: number | undefined): string | undefined {
  return epochMs === undefined ? undefined : new Date(epochMs).toISOString();
}
