import type { AccessToken } from '../auth/access-token.ts';
import { type Answer, isTimeout, sendOnce } from './send-once.ts';

/** No answer came. `sent` is false only if it is certain that Adobe never saw the request. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
  readonly sent: boolean;

  /**
   * @param cause what the HTTP client reported
   * @param sent whether Adobe may have seen the request
   */
  constructor(cause: unknown, sent: boolean) {
    super(isTimeout(cause) ? 'Adobe did not answer in time.' : 'The connection to Adobe failed.', { cause });
    this.sent = sent;
  }
}

/** One call to a Firefly server; the bearer token goes to this URL and, as redirects are not followed, nowhere else. */
export interface Call {
  method: 'GET' | 'POST' | 'PUT';
  url: string;
  token: AccessToken;
  /** JSON text, or bytes whose content type the headers name. */
  body?: string | Uint8Array<ArrayBuffer>;
  headers?: Record<string, string>;
  timeoutMs: number;
}

/**
 * Calls Adobe once, without any retry: what may be sent again is decided by those who know what the call costs.
 *
 * @throws {NoAnswerError} if no complete answer came
 */
export const callAdobe = async ({ method, url, token, body, headers = {}, timeoutMs }: Call): Promise<Answer> => {
  try {
    return await sendOnce(url, {
      method,
      headers: {
        // A frozen sandbox thaws with dead connections in its pool, and a submit lost on one has an unknown outcome.
        connection: 'close',
        authorization: `Bearer ${token.accessToken}`,
        'x-api-key': token.clientId,
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
      timeoutMs,
    });
  } catch (error) {
    throw new NoAnswerError(error, !isUnsent(error));
  }
};

const unsentCodes = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'ENETUNREACH',
  'EHOSTUNREACH',
];

const isUnsent = (error: unknown): boolean => {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && unsentCodes.includes(String(cause.code))) return true;
    if (cause instanceof AggregateError && cause.errors.length > 0) return cause.errors.every(isUnsent);
  }
  return false;
};
