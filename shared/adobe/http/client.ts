/** An answer of Adobe, whatever its status. */
export interface Answer {
  status: number;
  headers: Headers;
  /** Its first bytes: what is longer than was expected is none of Adobe's answers, and is not read to its end. */
  body: string;
}

const usualMaxBytes = 1_000_000;

/** What {@link sendOnce} sends. */
export interface SentRequest extends Pick<RequestInit, 'method' | 'body'> {
  /** Those that are undefined are left out. */
  headers?: Readonly<Record<string, string | undefined>>;
  /** Until the end of the answer, in ms. */
  timeoutMs: number;
  /** Of the answer's body that are read; 1 MB if absent. */
  maxBytes?: number;
}

/**
 * Sends one request to Adobe and reads its answer: no retry, as only the caller knows what a second request costs,
 * and no redirect, as what the request carries must go nowhere else.
 *
 * @throws what the HTTP client or the time-out throws; it may hold the request and must not be logged whole
 */
export const sendOnce = async (
  url: string,
  { timeoutMs, maxBytes = usualMaxBytes, headers = {}, ...request }: SentRequest,
): Promise<Answer> => {
  const response = await fetch(url, {
    ...request,
    headers: Object.entries(headers).filter((header): header is [string, string] => header[1] !== undefined),
    signal: AbortSignal.timeout(timeoutMs),
    redirect: 'manual',
  });
  return { status: response.status, headers: response.headers, body: await readBody(response, maxBytes) };
};

const readBody = async ({ body }: Response, maxBytes: number): Promise<string> => {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop cancels the rest of the answer.
  for await (const chunk of body ?? []) {
    chunks.push(chunk.subarray(0, maxBytes - bytes));
    bytes += chunk.length;
    if (bytes >= maxBytes) break;
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
};

/** Whether {@link sendOnce} threw because the answer did not come in time. */
export const isTimeout = (error: unknown): boolean => error instanceof Error && error.name === 'TimeoutError';

const unsentCodes = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'ENETUNREACH',
  'EHOSTUNREACH',
];

// Node verifies a server's certificate before it writes anything of the request. Source: "X509 certificate error codes" in its TLS page.
const certificateCode =
  /^(?:CERT_|UNABLE_TO_|SELF_SIGNED_CERT_|DEPTH_ZERO_|HOSTNAME_MISMATCH|INVALID_(?:CA|PURPOSE)|ERR_TLS_CERT_ALTNAME_)/;

/** Whether what {@link sendOnce} threw makes it certain that Adobe never saw the request. */
export const isUnsent = (error: unknown): boolean => {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    const code = 'code' in cause ? String(cause.code) : '';
    if (unsentCodes.includes(code) || certificateCode.test(code)) return true;
    if (cause instanceof AggregateError && cause.errors.length > 0) return cause.errors.every(isUnsent);
  }
  return false;
};

/**
 * What an HTTP status of Adobe means: `success` (2xx), `transient` (408, 429 and 5xx: another try may pass), `refused` (any other
 * 4xx: the same request never passes), or `unexpected` (1xx and 3xx: Adobe documents none).
 */
export type StatusClass = 'success' | 'transient' | 'refused' | 'unexpected';

/** The one reading of HTTP statuses for all of Adobe's services; what one of them means beyond it is its own business. */
export const classifyStatus = (status: number): StatusClass => {
  if (status >= 200 && status < 300) return 'success';
  if (status === 408 || status === 429 || status >= 500) return 'transient';
  return status >= 400 ? 'refused' : 'unexpected';
};

/** Parses JSON from outside; undefined if it is invalid, for a schema to refuse. */
export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
