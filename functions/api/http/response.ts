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
