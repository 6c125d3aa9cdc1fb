import ky, { type Options } from 'ky';

/** An answer of Adobe, whatever its status. */
export interface Answer {
  status: number;
  headers: Headers;
  body: string;
}

/**
 * Sends one request to Adobe and reads its whole answer: no retry, as what may be sent again is decided by those who know
 * what it costs, and no redirect, as what the request carries must go nowhere else.
 *
 * @param timeoutMs until the end of the answer
 * @throws what the HTTP client or the time-out throws; it may hold the request and must not be logged whole
 */
export const sendOnce = async (
  url: string,
  { timeoutMs, ...request }: Pick<Options, 'method' | 'headers' | 'body'> & { timeoutMs: number },
): Promise<Answer> => {
  const response = await ky(url, {
    ...request,
    timeout: false,
    // ky's own time-out ends with the headers; this one also covers a body that stops halfway.
    signal: AbortSignal.timeout(timeoutMs),
    retry: 0,
    throwHttpErrors: false,
    redirect: 'manual',
  });
  return { status: response.status, headers: response.headers, body: await response.text() };
};

/** Whether {@link sendOnce} threw because the answer did not come in time. */
export const isTimeout = (error: unknown): boolean => error instanceof Error && error.name === 'TimeoutError';
