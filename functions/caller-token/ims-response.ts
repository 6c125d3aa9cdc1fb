import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { GatewayError } from '#shared/errors.ts';

/** A refusal in the words of Adobe IMS, which clients written for it branch on. */
export class ImsRefusal extends GatewayError {
  readonly retryAfterSeconds: number | undefined;

  /** @param error IMS's own word, such as `invalid_client` */
  constructor(
    error: string,
    description: string,
    { status = 400, retryAfterSeconds }: { status?: number; retryAfterSeconds?: number } = {},
  ) {
    super(error, description, { status });
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** @param debugId by which the log of the request is found; IMS sends one as `x-debug-id` */
export const imsResponse = (
  statusCode: number,
  body: object,
  debugId: string,
  headers: Record<string, string> = {},
): APIGatewayProxyStructuredResultV2 => ({
  statusCode,
  headers: {
    'content-type': 'application/json;charset=UTF-8',
    // RFC 6749, 5.1: no cache may keep a token.
    'cache-control': 'no-store',
    pragma: 'no-cache',
    'x-content-type-options': 'nosniff',
    'x-debug-id': debugId,
    ...headers,
  },
  body: JSON.stringify(body),
});

/** The response to what could not be answered. */
export const imsErrorResponse = (refusal: ImsRefusal, debugId: string): APIGatewayProxyStructuredResultV2 =>
  imsResponse(
    refusal.status ?? 400,
    { error: refusal.code, error_description: refusal.message },
    debugId,
    refusal.retryAfterSeconds === undefined ? {} : { 'retry-after': String(refusal.retryAfterSeconds) },
  );
